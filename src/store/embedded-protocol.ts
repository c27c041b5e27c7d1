// What the store and the thread of the embedded database say to each other; one statement at a time, answered in turn.
import type { SqlValue } from './sql.js';

/** `workerData` of the thread. */
export interface DatabaseThreadSettings {
  /** The folder of the database, created when it is empty. */
  readonly dir: string;
}

/** One statement with its values, or a script of several without. */
export type DatabaseCall =
  | { readonly kind: 'query'; readonly text: string; readonly values: readonly SqlValue[] }
  | { readonly kind: 'script'; readonly text: string };

export type ToDatabase = DatabaseCall | { readonly kind: 'close' };

export type FromDatabase =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answered'; readonly rows: readonly unknown[] }
  /** `code` is the SQLSTATE, where the database itself refused. */
  | { readonly kind: 'refused'; readonly message: string; readonly code: string | undefined };
