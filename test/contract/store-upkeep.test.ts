// What every store promises about old data, its own health, and processes that work on it together.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.js';
import { storeKinds, type PrivateStore } from '../support/private-store.js';
import {
  alertLife,
  batchRows,
  sampleFeedback,
  sampleMeasurement,
  samplePrediction,
  sampleReport,
} from '../support/store-samples.js';

const DAY_MS = 86_400_000;

describe.each(storeKinds())('upkeep of $name', (kind) => {
  describe.skipIf(!kind.available)(kind.available ? 'installed' : 'skipped: not installed here', () => {
    let opened: PrivateStore;
    let store: Store;
    beforeAll(async () => {
      opened = await kind.start();
      store = opened.store;
    });
    afterAll(() => opened.stop());

    const noon = Date.UTC(2026, 6, 20, 12);
    const recordDay = async (writer: Store, model: string, at: number) => {
      const prediction = samplePrediction({ model, createdAt: at });
      await writer.predictions.record(batchRows([prediction]));
      await writer.predictions.recordFeedback([sampleFeedback(prediction, { label: 'a' })]);
      const measurements = [sampleMeasurement()];
      await writer.measurements.record([
        { entryId: `${at}-0`, report: sampleReport({ model, at, measurements }) },
      ]);
      return prediction.id;
    };
    const daysOf = async (reader: Store, model: string) => {
      const page = await reader.predictions.list({ model }, { first: 100, after: undefined });
      return page.items.map(({ item }) => new Date(item.createdAt).toISOString().slice(0, 10));
    };

    it('drops whole days that are older, with their feedback and measurements, and takes such days again', async () => {
      const model = randomUUID();
      for (const days of [0, 1, 2, 3, 9]) await recordDay(store, model, noon - days * DAY_MS);
      expect(await store.enforceRetention(2, noon)).toEqual([
        'feedback_20260711',
        'feedback_20260717',
        'measurements_20260711',
        'measurements_20260717',
        'predictions_20260711',
        'predictions_20260717',
      ]);
      expect(await daysOf(store, model)).toEqual(['2026-07-20', '2026-07-19', '2026-07-18']);
      const [series] = await store.measurements.series({ model, from: 0, to: noon });
      expect(series?.points).toHaveLength(3);
      expect(await store.enforceRetention(2, noon)).toEqual([]);
      await recordDay(store, model, noon - 9 * DAY_MS);
      expect(await daysOf(store, model)).toContain('2026-07-11');
    });

    it('drops alerts that were resolved before, and keeps those still open', async () => {
      const model = randomUUID();
      const old = alertLife({ model, startedAt: noon - 40 * DAY_MS });
      const open = alertLife({ model, startedAt: noon - 40 * DAY_MS });
      const recent = alertLife({ model, startedAt: noon - DAY_MS });
      await store.alerts.record([...old, ...open.slice(0, 2), ...recent]);
      await store.enforceRetention(30, noon);
      const left = await store.alerts.list({ model }, { first: 10, after: undefined });
      expect(left.items.map(({ item }) => [item.id, item.history.length])).toEqual([
        [recent[0].alert.id, 4],
        [open[0].alert.id, 2],
      ]);
      expect(await store.alerts.find(old[0].alert.id)).toBeUndefined();
    });

    it('writes on when another process made or dropped the same days', async () => {
      const other = opened.another === undefined ? store : await opened.another();
      const model = randomUUID();
      const start = Date.UTC(2025, 0, 1);
      const days = Array.from({ length: 8 }, (_, i) => start + i * DAY_MS);
      const rows = days.map((createdAt) => samplePrediction({ model, createdAt }));
      await Promise.all([
        store.predictions.record(batchRows(rows)),
        other.predictions.record(batchRows(rows.toReversed())),
        ...rows.map((row) => store.predictions.record(batchRows([row]))),
      ]);
      expect(await daysOf(store, model)).toHaveLength(8);
      await other.enforceRetention(0, start + 10 * DAY_MS);
      expect(await daysOf(store, model)).toEqual([]);
      await store.predictions.record(batchRows(rows));
      expect(await daysOf(other, model)).toHaveLength(8);
    });

    it('answers a ping while open, and UNAVAILABLE to everything at once when closed', async () => {
      await store.ping(2_000);
      const other = opened.another === undefined ? store : await opened.another();
      await other.close();
      await other.close();
      const calls = [
        other.ping(2_000),
        other.predictions.record(batchRows([samplePrediction()])),
        other.predictions.list({}, { first: 1, after: undefined }),
        other.alerts.record(alertLife()),
        other.measurements.series({ model: 'm', from: 0, to: 1 }),
        other.enforceRetention(1, noon),
      ];
      for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    });
  });
});
