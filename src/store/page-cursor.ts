// Opaque places in a list that is ordered by time and id, newest first.
import { z } from 'zod';
import { AppError } from '../errors.js';
import type { Page } from './store.js';

/** Where an item stands in its list. */
export interface Place {
  /** Epoch ms. */
  readonly at: number;
  readonly id: string;
}

function encodeCursor({ at, id }: Place): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

/** Throws INVALID_INPUT with the issue on `after` when the text is no cursor, or `isId` refuses its id. */
export function decodeCursor(cursor: string, isId: (id: string) => boolean): Place {
  const parsed = placeSchema.safeParse(Buffer.from(cursor, 'base64url').toString());
  if (parsed.success && isId(parsed.data.id)) return parsed.data;
  throw new AppError('INVALID_INPUT', undefined, {
    details: { issues: [{ path: 'after', message: 'not a cursor of this list' }] },
  });
}

/** Cuts a list that was read one longer than asked for. */
export function toPage<T>(items: readonly T[], first: number, placeOf: (item: T) => Place): Page<T> {
  return {
    items: items.slice(0, first).map((item) => ({ cursor: encodeCursor(placeOf(item)), item })),
    hasNextPage: items.length > first,
  };
}

const placeSchema = z
  .string()
  .transform((text, context) => {
    try {
      const json: unknown = JSON.parse(text);
      return json;
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  // A date reaches 8.64e15 ms; Postgres a little further, but only from 4713 BC on.
  .pipe(z.tuple([z.number().min(0).max(8.64e15), z.string().max(200)]))
  .transform(([at, id]) => ({ at, id }));
