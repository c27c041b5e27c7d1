// Learns the reference of a segment from its first predictions, because that of all traffic is the wrong yardstick for a part.
import { z } from 'zod';
import type { MonitorSubject, PredictionBatch, ReferenceProfile } from '../monitor.js';
import {
  comparedClasses,
  PICTURE_NUMBERS,
  pictureOutputs,
  shareColumn,
} from '../statistics/detection/picture-outputs.js';
import { PICTURE_QUALITIES, qualityOf } from '../statistics/picture-qualities.js';
import { profileCounts, profileSample } from './column-profile.js';

/** Most numbers that are held while learning, over all columns. */
const MAX_NUMBERS = 50_000;
const LEAST_ROWS = 100;
/** Values beyond those the manifest lists are counted as long as there are so many at most; further ones stay unseen. */
const MAX_CATEGORIES = 200;

/** Gathers rows until there are enough. */
export interface OwnReference {
  /** Rows gathered, and how many are needed. */
  readonly rows: () => number;
  readonly wanted: number;
  /** Takes rows from the beginning of a batch as far as they are needed; answers how many. */
  take(batch: PredictionBatch): number;
  /** What was gathered, as a profile. */
  profile(): ReferenceProfile;
  snapshot(): unknown;
  /** Throws when the state is one of other columns. */
  restore(state: unknown): void;
}

const stateSchema = z.strictObject({
  rows: z.int().nonnegative(),
  columns: z.array(
    z.strictObject({
      missing: z.int().nonnegative(),
      numbers: z.array(z.number()),
      counts: z.array(z.tuple([z.string(), z.int().nonnegative()])),
    }),
  ),
});

interface Column {
  readonly place: 'features' | 'outputs' | 'pictures';
  readonly name: string;
  readonly isNumeric: boolean;
  missing: number;
  numbers: number[];
  counts: Map<string, number>;
}

/** Learns every feature with a distribution and every output; a failed row has no answer, and is not counted. */
export function createOwnReference({ manifest }: MonitorSubject, rowsAsked: number): OwnReference {
  const columns = columnsOf(manifest);
  const numeric = columns.filter(({ isNumeric }) => isNumeric).length;
  const wanted = Math.min(rowsAsked, Math.max(LEAST_ROWS, Math.floor(MAX_NUMBERS / Math.max(1, numeric))));
  let rows = 0;

  return {
    rows: () => rows,
    wanted,
    take: (batch) => {
      let row = 0;
      for (; row < batch.ids.length && rows < wanted; row += 1) {
        if ((batch.errors[row] ?? null) !== null) continue;
        const cells = cellsAt(batch, row, manifest);
        for (const column of columns) for (const cell of cells(column)) count(column, cell);
        rows += 1;
      }
      return row;
    },
    profile: () => {
      const profilesOf = (place: Column['place']) =>
        Object.fromEntries(
          columns
            .filter((column) => column.place === place)
            .map(({ name, isNumeric, numbers, counts, missing }) => [
              name,
              isNumeric ? profileSample(numbers, missing) : profileCounts(counts, missing),
            ]),
        );
      const pictures = Object.fromEntries(
        Object.entries(profilesOf('pictures')).flatMap(([name, profile]) =>
          profile.kind === 'numeric' ? [[name, profile] as const] : [],
        ),
      );
      return {
        ...{ rows: Math.max(1, rows), features: profilesOf('features'), outputs: profilesOf('outputs') },
        ...(columns.some(({ place }) => place === 'pictures') && { pictures }),
      };
    },
    snapshot: () => ({
      rows,
      columns: columns.map(({ missing, numbers, counts }) => ({
        ...{ missing, numbers: [...numbers], counts: [...counts] },
      })),
    }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      if (held.columns.length !== columns.length || held.rows > wanted)
        throw new Error('the state learns other columns');
      ({ rows } = held);
      columns.forEach((column, i) => {
        const { missing = 0, numbers = [], counts = [] } = held.columns[i] ?? {};
        column.missing = missing;
        column.numbers = numbers;
        column.counts = new Map(counts);
      });
    },
  };
}

function columnsOf({ features, classes, task }: MonitorSubject['manifest']): Column[] {
  const column = (place: Column['place'], name: string, known: readonly string[] | undefined): Column => ({
    ...{ place, name, isNumeric: known === undefined, missing: 0, numbers: [] },
    counts: new Map((known ?? []).map((category) => [category, 0])),
  });
  const ofFeatures = features.flatMap(({ name, type, categories = [] }) => {
    if (type === 'text' || type === 'image') return [];
    const known = type === 'category' ? categories : type === 'boolean' ? ['false', 'true'] : undefined;
    return [column('features', name, known)];
  });
  const output = (name: string, known?: readonly string[]) => column('outputs', name, known);
  const hasPicture = features.some(({ type }) => type === 'image');
  return [
    ...ofFeatures,
    ...outputsOf(task, classes).map(([name, known]) => output(name, known)),
    ...(hasPicture ? PICTURE_QUALITIES.map((name) => column('pictures', name, undefined)) : []),
  ];
}

/** What a model of a task answers, with the categories of what is no number. */
function outputsOf(
  task: MonitorSubject['manifest']['task'],
  classes: readonly string[],
): readonly (readonly [name: string, known?: readonly string[]])[] {
  switch (task) {
    case 'classification':
      return [['label', classes], ['confidence']];
    case 'regression':
      return [['value']];
    case 'detection':
      return [
        ['label', classes],
        ['has_detection', ['true', 'false']],
        ...[...PICTURE_NUMBERS, ...comparedClasses(classes).map(shareColumn)].map((name) => [name] as const),
      ];
    case 'system':
      return [];
  }
}

/** The values of one row by column; those of the label of a detector are as many as there are boxes. */
function cellsAt(
  batch: PredictionBatch,
  row: number,
  { task, classes }: MonitorSubject['manifest'],
): (column: Column) => readonly unknown[] {
  const found = batch.outputs.detections?.[row] ?? null;
  const picture = batch.pictures?.[row] ?? null;
  const ofPicture = task === 'detection' && found !== null ? pictureOutputs(found, classes) : undefined;
  return ({ place, name }) => {
    if (place === 'pictures') {
      const quality = PICTURE_QUALITIES.find((one) => one === name);
      return [picture === null || quality === undefined ? undefined : qualityOf(picture, quality)];
    }
    if (task === 'detection' && place === 'outputs')
      return name === 'label' ? (found ?? []).map(({ label }) => label) : [ofPicture?.[name]];
    const columns: Readonly<Record<string, unknown>> = batch[place];
    // Own keys only: a feature may be called as something that every object inherits.
    const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
    const cells: readonly unknown[] = Array.isArray(column) ? column : [];
    return [cells[row]];
  };
}

function count(column: Column, cell: unknown): void {
  const { isNumeric, numbers, counts } = column;
  if (isNumeric && typeof cell === 'number' && Number.isFinite(cell)) numbers.push(cell);
  else if (!isNumeric && (typeof cell === 'string' || typeof cell === 'boolean')) {
    const category = String(cell);
    const isRoom = counts.has(category) || (counts.size < MAX_CATEGORIES && category.length <= 200);
    if (isRoom) counts.set(category, (counts.get(category) ?? 0) + 1);
  } else column.missing += 1;
}
