// The traffic of a classifier or a regression model of a table.
import type { MonitorEvent } from '../../../src/monitors/monitor.js';
import { createRandom, type Random } from '../../../src/training/random.js';
import { hostileTables } from './hostile-tables.js';
import type { ModelTraffic } from './model-traffic.js';
import { oddEvents } from './odd-events.js';
import { oddTables } from './odd-tables.js';
import { tableBatch, tableLabels } from './table-batch.js';
import { drawRows, type TableRow } from './table-rows.js';
import { tableSubject, type TableTask } from './table-subject.js';
import { lateLabels, secondsOf, START_MS } from './timing.js';

const ROWS = 20;

/** A model that takes a table row and answers a class or a number. */
export function tableTraffic(task: TableTask): ModelTraffic {
  const subject = tableSubject(task, drawRows(createRandom(1), 3000));
  const eventsAt = (at: number, rows: readonly TableRow[], labelledAt = at) => {
    const batch = tableBatch(task, at, rows);
    const labels = tableLabels(task, labelledAt, batch, rows);
    return {
      made: { kind: 'prediction', batch } as const,
      labelled: labels === undefined ? undefined : ({ kind: 'feedback', batch: labels } as const),
    };
  };
  const given = ({ made, labelled }: ReturnType<typeof eventsAt>): MonitorEvent[] =>
    labelled === undefined ? [made] : [made, labelled];
  const seconds = (random: Random, kind: 'ordinary' | 'wrong') =>
    secondsOf(kind).flatMap((at) => {
      return given(eventsAt(at, drawRows(random, ROWS, kind === 'wrong')));
    });

  return {
    subject,
    bare: { ...subject, reference: undefined, evaluation: undefined },
    ordinary: (batches) => {
      const random = createRandom(7);
      return lateLabels(batches, random, (at, labelledAt) =>
        eventsAt(at, drawRows(random, 1 + random.integer(8)), labelledAt),
      );
    },
    shift: () => {
      const random = createRandom(41);
      return { ordinary: seconds(random, 'ordinary'), wrong: seconds(random, 'wrong') };
    },
    odd: oddEvents(eventsAt(START_MS, drawRows(createRandom(9), 3)), oddTables),
    crowd: () => {
      const random = createRandom(5);
      return Array.from({ length: 150 }, (_, i): MonitorEvent[] => {
        const rows = drawRows(random, 80).map((row, k): TableRow => {
          const own = `label-${i}-${k}`;
          const cells = {
            ...row.cells,
            load: random.normal(0, 1e6),
            room: own,
            note: own,
            floor: 80 * i + k,
          };
          const truth = { label: `true-${own}`, value: random.normal(0, 1e6) };
          return { ...row, cells, label: k % 2 === 0 ? own : row.label, truth };
        });
        return given(eventsAt(START_MS + i * 1997, rows));
      }).flat();
    },
    hostile: hostileTables(),
  };
}
