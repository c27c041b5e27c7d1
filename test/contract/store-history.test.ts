// What every store promises about measurements and alerts.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertTransition } from '../../src/events/alert-transition.js';
import type { AlertQuery, Store } from '../../src/store/store.js';
import { storeKinds, type PrivateStore } from '../support/private-store.js';
import { alertLife, sampleMeasurement, sampleReport } from '../support/store-samples.js';

describe.each(storeKinds())('measurements and alerts in $name', (kind) => {
  describe.skipIf(!kind.available)(kind.available ? 'installed' : 'skipped: not installed here', () => {
    let opened: PrivateStore;
    let store: Store;
    beforeAll(async () => {
      opened = await kind.start();
      store = opened.store;
    });
    afterAll(() => opened.stop());

    describe('measurements', () => {
      const at = Date.UTC(2026, 4, 5, 23, 59, 50);

      it('come back as one series per name and labels, in the order of time', async () => {
        const model = randomUUID();
        const report = (entryId: string, ms: number, p50: number, share: number) => ({
          entryId,
          report: sampleReport({
            model,
            at: ms,
            measurements: [
              sampleMeasurement({ labels: { quantile: '0.5' }, value: p50, n: 7 }),
              sampleMeasurement({
                labels: { class: 'a\0' },
                name: 'class_share',
                unit: null,
                value: share,
                n: 8,
              }),
            ],
          }),
        });
        const reports = [report('2-0', at + 20_000, 0.02, 0.5), report('1-0', at, 0.01, 1 / 3)];
        await store.measurements.record(reports);
        await store.measurements.record([...reports, ...reports]);
        const expected = [
          {
            name: 'class_share',
            labels: { class: 'a\ufffd' },
            unit: null,
            points: [
              { at, value: 1 / 3, n: 8 },
              { at: at + 20_000, value: 0.5, n: 8 },
            ],
          },
          {
            name: 'latency_seconds',
            labels: { quantile: '0.5' },
            unit: 's',
            points: [
              { at, value: 0.01, n: 7 },
              { at: at + 20_000, value: 0.02, n: 7 },
            ],
          },
        ];
        const range = { model, from: at, to: at + 20_000 };
        expect(await store.measurements.series(range)).toEqual(expected);
        expect(await store.measurements.series({ ...range, names: ['latency_seconds'] })).toEqual(
          expected.slice(1),
        );
        expect(await store.measurements.series({ ...range, names: [] })).toEqual([]);
        expect(await store.measurements.series({ ...range, names: ['a\0b', '\ud800'] })).toEqual([]);
        expect(await store.measurements.series({ ...range, version: 2 })).toEqual([]);
        const [, first] = await store.measurements.series({ ...range, to: at + 19_999 });
        expect(first?.points).toEqual([{ at, value: 0.01, n: 7 }]);
      });

      it('are drawn together in steps: the mean weighted by n, the sum of n, at the start of the step', async () => {
        const model = randomUUID();
        const record = (ms: number, value: number, n: number) => ({
          entryId: `${ms}-0`,
          report: sampleReport({ model, at: ms, measurements: [sampleMeasurement({ value, n })] }),
        });
        const start = Math.floor(at / 60_000) * 60_000;
        await store.measurements.record([
          record(start, 1, 1),
          record(start + 59_999, 4, 2),
          record(start + 60_000, 7, 0),
          record(start + 60_001, 9, 0),
          record(start + 180_000, 5, 3),
        ]);
        const range = { model, from: start, to: start + 180_000 };
        const [series, ...others] = await store.measurements.series({ ...range, stepSeconds: 60 });
        expect(others).toEqual([]);
        expect(series?.points).toEqual([
          { at: start, value: 3, n: 3 },
          { at: start + 60_000, value: 8, n: 0 },
          { at: start + 180_000, value: 5, n: 3 },
        ]);
      });
    });

    describe('alerts', () => {
      const list = async (query: AlertQuery) =>
        (await store.alerts.list(query, { first: 100, after: undefined })).items.map(({ item }) => item);

      it('stand where the last transition put them, in whatever order and however often it is told', async () => {
        const orders: ((life: AlertTransition[]) => AlertTransition[][])[] = [
          (life) => life.map((one) => [one]),
          (life) => life.toReversed().map((one) => [one]),
          (life) => [life],
          (life) => [[...life.toReversed(), ...life], life.slice(0, 1), life],
          ([a, b, c, d]) => [[d, b].flatMap((one) => one ?? []), [a, c, a].flatMap((one) => one ?? [])],
        ];
        for (const order of orders) {
          const life = alertLife({ startedAt: 1_760_000_000_123 });
          for (const told of order(life)) await store.alerts.record(told);
          const { alert } = life[3];
          const history = life.map(({ from, to, at, by, comment, value }) => ({
            from,
            to,
            at,
            by,
            comment,
            value,
          }));
          expect(await store.alerts.find(alert.id)).toEqual({ ...alert, history });
        }
      });

      it('keep the order of an alert’s life where transitions share a millisecond and ids do not sort', async () => {
        const [pending, firing, acknowledged, resolved] = alertLife();
        const at = pending.at;
        const told = [
          { ...resolved, at, id: 'a' },
          { ...pending, at, id: 'd' },
          { ...firing, at, id: 'c' },
          { ...acknowledged, at, id: 'b' },
        ].map((one) => ({ ...one, id: one.id + pending.id }));
        for (const one of told) await store.alerts.record([one]);
        const stored = await store.alerts.find(pending.alert.id);
        expect(stored?.state).toBe('resolved');
        expect(stored?.history.map(({ to }) => to)).toEqual([
          'pending',
          'firing',
          'acknowledged',
          'resolved',
        ]);
      });

      it('are told by several writers at once without one undoing the other', async () => {
        const model = randomUUID();
        const lives = Array.from({ length: 40 }, (_, i) =>
          alertLife({ model, startedAt: 1_760_000_000_000 + i }),
        );
        const writer = opened.another === undefined ? store : await opened.another();
        await Promise.all([
          store.alerts.record(lives.flat()),
          writer.alerts.record(lives.flat().reverse()),
          ...[0, 1, 2, 3].map((at) => store.alerts.record(lives.flatMap((life) => life.slice(at, at + 1)))),
        ]);
        const alerts = await list({ model });
        expect(alerts.map(({ state }) => state)).toEqual(lives.map(() => 'resolved'));
        expect(alerts.every(({ history }) => history.length === 4)).toBe(true);
      });

      it('are listed newest first with their history, filtered, page by page', async () => {
        const model = randomUUID();
        const start = 1_770_000_000_000;
        const a = alertLife({ model, startedAt: start });
        const b = alertLife({ model, startedAt: start + 1, severity: 'critical', version: null });
        const c = alertLife({ model, startedAt: start + 1, monitor: 'latency' });
        await store.alerts.record([...a, ...b.slice(0, 2), ...c.slice(0, 1)]);
        // Those of one start are ordered by id.
        const newest = [b[0].alert.id, c[0].alert.id].sort().reverse();
        const all = [...newest, a[0].alert.id];
        const ids = async (query: AlertQuery) => (await list({ ...query, model })).map(({ id }) => id);
        expect(await ids({})).toEqual(all);
        expect(await ids({ monitor: 'latency' })).toEqual([c[0].alert.id]);
        expect(await ids({ states: ['firing', 'pending'] })).toEqual(newest);
        expect(await ids({ states: [] })).toEqual([]);
        expect(await ids({ minSeverity: 'warning' })).toEqual(all);
        expect(await ids({ minSeverity: 'critical' })).toEqual([b[0].alert.id]);
        expect(await ids({ from: start + 1 })).toEqual(newest);
        expect(await ids({ to: start })).toEqual([a[0].alert.id]);
        expect((await list({ model })).map(({ history }) => history.length).sort()).toEqual([1, 2, 4]);
        const first = await store.alerts.list({ model }, { first: 1, after: undefined });
        const rest = await store.alerts.list({ model }, { first: 5, after: first.items[0]?.cursor });
        expect([first.hasNextPage, rest.hasNextPage]).toEqual([true, false]);
        expect([...first.items, ...rest.items].map(({ item }) => item.id)).toEqual(all);
      });

      it('refuse a cursor that is none', async () => {
        await expect(store.alerts.list({}, { first: 1, after: 'x' })).rejects.toMatchObject({
          code: 'INVALID_INPUT',
          details: { issues: [{ path: 'after' }] },
        });
      });

      it('are unknown by any other id', async () => {
        expect(await store.alerts.find('no\0thing')).toBeUndefined();
      });
    });
  });
});
