// A page of the store as a GraphQL connection.
import type { PageInfo } from '../schema/page-info.type.js';
import type { Plain } from '../schema/plain.js';
import type { Page } from '../store/store.js';

export function toConnection<T, U>(
  page: Page<T>,
  toNode: (item: T) => U,
): {
  readonly edges: readonly { readonly cursor: string; readonly node: U }[];
  readonly pageInfo: Plain<PageInfo>;
} {
  return {
    edges: page.items.map(({ cursor, item }) => ({ cursor, node: toNode(item) })),
    pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.items.at(-1)?.cursor ?? null },
  };
}
