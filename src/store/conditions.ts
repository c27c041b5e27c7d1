// Collects the WHERE of a query whose filters are optional, and the values in their order.
import type { SqlValue } from './sql.js';
import { toStorableText } from './storable-text.js';

/** A WHERE in the making. */
export interface Conditions {
  /** Adds a condition in which every `?` stands for the next value; left out when a value is undefined. */
  add(condition: string, ...values: (SqlValue | undefined)[]): void;
  /** `$n` for a value that stands outside the WHERE. */
  value(value: SqlValue): string;
  where(): string;
  readonly values: readonly SqlValue[];
}

/** No conditions yet, which is no WHERE at all. */
export function createConditions(): Conditions {
  const values: SqlValue[] = [];
  const conditions: string[] = [];
  const value = (added: SqlValue) => {
    values.push(storable(added));
    return `$${values.length}`;
  };
  return {
    add: (condition, ...given) => {
      const present = given.filter((one) => one !== undefined);
      if (present.length < given.length) return;
      let next = 0;
      conditions.push(condition.replaceAll('?', () => value(present[next++] ?? null)));
    },
    value,
    where: () => (conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`),
    values,
  };
}

/** SQL for a time given in epoch ms; exact to the microsecond. */
export const TIME = 'to_timestamp(?::float8 / 1000)';

/** SQL for a stored time as epoch ms. */
export function epochMs(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8`;
}

/** Keeps a time that a client chose within what both dates and Postgres can say. */
export function clampTime(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.min(Math.max(ms, 0), 8.64e15);
}

function storable(value: SqlValue): SqlValue {
  if (typeof value === 'string') return toStorableText(value);
  if (typeof value !== 'object' || value === null || !isTexts(value)) return value;
  return value.map(toStorableText);
}

function isTexts(values: Exclude<SqlValue, string | number | boolean | null>): values is readonly string[] {
  return typeof values[0] === 'string';
}
