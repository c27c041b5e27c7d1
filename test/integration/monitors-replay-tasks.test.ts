// The recorded log makes every monitor of every task say again what it said when the events themselves came.
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/metrics.js';
import { builtInMonitors } from '../../src/monitors/built-in.js';
import type { MonitorEvent, MonitorSubject } from '../../src/monitors/monitor.js';
import { planMonitors } from '../../src/monitors/plan.js';
import { replayEvents } from '../../src/monitors/replay-events.js';
import { expectVerdict } from '../contract/monitor/sound.js';
import { endOf, ORDINARY_BATCHES } from '../contract/monitor/ordinary.js';
import { START_MS } from '../support/model-traffic/timing.js';
import { trafficOf } from '../support/model-traffic/traffic-of.js';
import { storeKinds, type PrivateStore } from '../support/private-store.js';
import { silent } from '../support/redis-room.js';

const ROUND_MS = 10_000;

describe.each(storeKinds())('the log in $name', (kind) => {
  describe.skipIf(!kind.available)(kind.available ? 'installed' : 'skipped: not installed here', () => {
    let opened: PrivateStore;
    beforeAll(async () => void (opened = await kind.start()));
    afterAll(() => opened.stop());

    // Of Vigie itself nothing is recorded, so that there is nothing to replay.
    it.each(['classification', 'regression', 'detection'] as const)('of %s', async (task) => {
      const { subject: usual, ordinary } = trafficOf(task);
      // One store for all: each has a name of its own in it.
      const subject = { ...usual, manifest: { ...usual.manifest, name: task } };
      const events = asRecorded(task, ordinary(ORDINARY_BATCHES));
      for (const event of events)
        if (event.kind === 'prediction')
          await opened.store.predictions.record(
            event.batch.ids.map((_, row) => ({ batch: event.batch, row })),
          );
      await opened.store.predictions.recordFeedback(
        events.flatMap((event) => (event.kind === 'feedback' ? [event.batch] : [])),
      );
      const { name: model, monitors } = subject.manifest;
      const span = { from: START_MS - 60_000, to: endOf(events) + 1 };
      const log = opened.store.log({ model, version: 1, ...span, monitors });

      const live = await said(subject, inTurn(events));
      const again = await said(subject, log);
      for (const [round, reports] of live.entries()) expect(again[round]).toEqual(reports);
      expect(again).toHaveLength(live.length);
      for (const report of live.at(-1) ?? []) expectVerdict(report);
    });
  });
});

async function said(subject: MonitorSubject, events: AsyncIterable<MonitorEvent>) {
  const plan = planMonitors([subject.manifest], builtInMonitors).get(subject.manifest.name) ?? [];
  const rounds = [];
  const shared = { metrics: createMetrics(), log: silent, everyMs: ROUND_MS };
  for await (const reports of replayEvents({ subject, plan, events, ...shared }))
    rounds.push(
      reports.map(({ monitor, window, measurements, findings, health }) => {
        return { monitor, window, measurements, findings, errors: health.errors };
      }),
    );
  return rounds;
}

// eslint-disable-next-line @typescript-eslint/require-await -- what is replayed may come from anywhere
async function* inTurn(events: readonly MonitorEvent[]): AsyncGenerator<MonitorEvent> {
  yield* events;
}

/** With ids as the API gives them, times in whole milliseconds, and rows of a batch in the order in which they came. */
function asRecorded(model: string, events: readonly MonitorEvent[]): MonitorEvent[] {
  const predictions = new Map<string, { readonly id: string; readonly at: number }>();
  let made = 0;
  const idAt = (msecs: number) => v7({ msecs, seq: (made += 1) });
  return events.map((event): MonitorEvent => {
    if (event.kind === 'prediction') {
      const { batch } = event;
      const receivedAt = batch.receivedAt.map(Math.round).sort((a, b) => a - b);
      const ids = receivedAt.map(idAt);
      batch.ids.forEach((id, row) =>
        predictions.set(id, { id: ids[row] ?? '', at: receivedAt[row] ?? batch.at }),
      );
      return { ...event, batch: { ...batch, model, receivedAt, ids } };
    }
    if (event.kind === 'resource') return event;
    const items = event.batch.items.map((item) => {
      const { id = '', at = 0 } = predictions.get(item.predictionId) ?? {};
      return { ...item, id: idAt(event.batch.receivedAt), predictionId: id, predictedAt: at };
    });
    return { ...event, batch: { ...event.batch, model, items } };
  });
}
