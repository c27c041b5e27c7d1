// Reads the whole record of a model through the API, page by page, as a client would.
import { ask } from './api-client.js';

interface RecordPage {
  readonly predictions: {
    readonly edges: readonly { readonly node: { readonly id: string } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

const PAGE = /* GraphQL */ `
  query Page($model: String!, $version: Int, $after: String) {
    predictions(filter: { model: $model, version: $version }, first: 500, after: $after) {
      edges {
        node {
          id
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

/** Ids of every recorded prediction of a model, or of one of its versions, newest first, duplicates included. */
export async function recordedIds(url: string, model: string, version?: number): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = null; ;) {
    const { predictions }: RecordPage = await ask<RecordPage>(url, PAGE, { model, version, after });
    ids.push(...predictions.edges.map(({ node }) => node.id));
    if (!predictions.pageInfo.hasNextPage) return ids;
    after = predictions.pageInfo.endCursor;
  }
}
