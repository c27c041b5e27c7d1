// Tables cut by day (UTC): a day's part is made when the first row for it comes and dropped whole when it is old.
import { z } from 'zod';
import { AppError } from '../errors.js';
import { sqlStateOf } from './database-errors.js';
import { LAST_MS } from './prediction-time.js';
import type { Sql } from './sql.js';

type DayTable = (typeof DAY_TABLES)[number];

const DAY_TABLES = ['predictions', 'feedback', 'measurements'] as const;

/** The parts of all day tables of one database. */
export interface DayPartitions {
  /** Runs a write once the parts for these times (epoch ms) are there; other processes may make the same ones. */
  write(table: DayTable, times: readonly number[], statement: () => Promise<void>): Promise<void>;
  /** Drops every part that ends at or before `cutoff` (epoch ms); answers their names. */
  dropBefore(cutoff: number): Promise<string[]>;
}

/** Remembers which parts are there, so that a write asks for each day once only. */
export function createDayPartitions(sql: Sql): DayPartitions {
  const known = new Set<string>();
  const ensure = async (table: DayTable, times: readonly number[]) => {
    for (const day of new Set(times.map(startOfDay))) {
      const part = partName(table, day);
      if (known.has(part)) continue;
      await createPart(sql, table, day);
      known.add(part);
    }
  };
  return {
    write: async (table, times, statement) => {
      await ensure(table, times);
      try {
        await statement();
      } catch (error) {
        if (sqlStateOf(error) !== NO_PART) throw error;
        // Another process dropped a part that this one remembers.
        known.clear();
        await ensure(table, times);
        await statement();
      }
    },
    dropBefore: async (cutoff) => {
      const dropped: string[] = [];
      for (const { name } of await sql.query(LIST_PARTS, [[...DAY_TABLES]], z.object({ name: z.string() }))) {
        if (dayOf(name) + DAY_MS > cutoff) continue;
        known.delete(name);
        await sql.run(`DROP TABLE IF EXISTS ${name}`);
        dropped.push(name);
      }
      return dropped;
    },
  };
}

const DAY_MS = 86_400_000;

/** check_violation: no part takes the row (the tables have no other checks). */
const NO_PART = '23514';

const LOCK = 7_163_002;

const LIST_PARTS = `
  SELECT part.relname AS name FROM pg_inherits
  JOIN pg_class part ON part.oid = inhrelid
  JOIN pg_class parent ON parent.oid = inhparent
  WHERE parent.relname = ANY ($1::text[]) AND parent.relkind = 'p' AND pg_table_is_visible(parent.oid)
  ORDER BY part.relname`;

async function createPart(sql: Sql, table: DayTable, day: number): Promise<void> {
  const name = partName(table, day);
  const [from, to] = [day, day + DAY_MS].map((ms) => new Date(ms).toISOString());
  await sql.transaction(async (session) => {
    await session.run('SELECT pg_advisory_xact_lock($1::bigint)', [LOCK]);
    const found = await session.query(
      'SELECT 1 WHERE to_regclass($1::text) IS NOT NULL',
      [name],
      z.unknown(),
    );
    if (found.length > 0) return;
    // Made apart and attached: unlike CREATE ... PARTITION OF this does not stop those who read and write meanwhile.
    await session.script(
      `CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL);
       ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${String(from)}') TO ('${String(to)}');`,
    );
  });
}

function startOfDay(ms: number): number {
  if (!(ms >= 0 && ms <= LAST_MS))
    throw new AppError('INVALID_INPUT', `There is no day for the time ${ms} ms.`);
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

function partName(table: DayTable, day: number): string {
  return `${table}_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function dayOf(name: string): number {
  const [, year, month, date] = /_(\d{4})(\d\d)(\d\d)$/.exec(name) ?? [];
  // A part that somebody attached by hand under another name is not ours to drop.
  return year === undefined ? Infinity : Date.UTC(Number(year), Number(month) - 1, Number(date));
}
