// What the monitors said live, over restarts, they say again without any when they are shown the recorded log.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTraffic } from '../../models/air-quality-ventilation/traffic.js';
import { feedbackBatchCodec, type FeedbackBatch } from '../../src/events/feedback-batch.js';
import type { MonitorReport } from '../../src/events/monitor-report.js';
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
import { modelManifestSchema } from '../../src/manifest/model-manifest.js';
import { referenceProfileSchema } from '../../src/manifest/reference-profile.js';
import { createMetrics } from '../../src/metrics.js';
import { builtInMonitors } from '../../src/monitors/built-in.js';
import type { MonitorSubject } from '../../src/monitors/monitor.js';
import { planMonitors } from '../../src/monitors/plan.js';
import { replayEvents } from '../../src/monitors/replay-events.js';
import { createRandom } from '../../src/training/random.js';
import { eventually } from '../support/eventually.js';
import { watchableModel } from '../support/monitor-batches.js';
import { storeKinds, type PrivateStore } from '../support/private-store.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';
import { openMonitorsRoom } from './monitors-room.js';

const FROM = 1_700_000_000_000;
const ROUND_MS = 5000;
const ROUNDS = 12;
const BATCHES = 40;
const ROWS = 8;
const BY_ROOM = { segmentBy: 'room_type', minAccuracy: 0.99 };

let place: RedisRoom;
let subject: MonitorSubject;
beforeAll(async () => {
  place = await openRedisRoom();
  const folder = join(import.meta.dirname, '..', '..', 'models', 'air-quality-ventilation');
  const read = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, file), 'utf8'));
  const manifest = modelManifestSchema.parse(await read('model.json'));
  subject = {
    manifest: { ...manifest, name: 'valve', monitors: { ...manifest.monitors, performance: BY_ROOM } },
    version: 1,
    reference: referenceProfileSchema.parse(await read('1/reference.json')),
  };
});
afterAll(() => place.close());

describe.each(storeKinds())('the log in $name', (kind) => {
  describe.skipIf(!kind.available)(kind.available ? 'installed' : 'skipped: not installed here', () => {
    let opened: PrivateStore;
    beforeAll(async () => void (opened = await kind.start()));
    afterAll(() => opened.stop());

    it('makes all monitors say again what they said live, round by round and over restarts', async () => {
      const rounds = story();
      const live = await watchLive(rounds);
      for (const { predictions, feedback } of rounds) {
        await opened.store.predictions.record(
          predictions.flatMap((batch) => batch.ids.map((_, row) => ({ batch, row }))),
        );
        await opened.store.predictions.recordFeedback(feedback);
      }
      const query = {
        model: 'valve',
        version: 1,
        from: FROM - 60_000,
        to: FROM + ROUNDS * ROUND_MS,
        monitors: subject.manifest.monitors,
      };
      const again: unknown[] = [];
      for await (const reports of replayEvents({
        subject,
        plan: planMonitors([subject.manifest], builtInMonitors).get('valve') ?? [],
        events: opened.store.log(query),
        everyMs: ROUND_MS,
        metrics: createMetrics(),
        log: silent,
      }))
        again.push(saidBy(reports));
      // The last round of a replay is that of its last event, a moment before the live one.
      expect(again).toHaveLength(ROUNDS);
      for (let round = 0; round < ROUNDS - 1; round += 1) expect(again[round]).toEqual(live[round]);
      expect(JSON.stringify(live)).toMatch(/"key":"temperature","status":"critical"/);
      expect(JSON.stringify(live)).toMatch(/"key":"segment=kitchen.accuracy","status":"critical"/);
    });
  });
});

interface Round {
  readonly predictions: PredictionBatch[];
  readonly feedback: FeedbackBatch[];
}

/** Ordinary rooms, then rooms 8 degrees warmer; some predictions fail, half get their label in the same round. */
function story(): Round[] {
  const draw = createTraffic(5);
  const random = createRandom(6);
  let made = 0;
  /** In order, as those of an API process are. */
  const idAt = (msecs: number) => v7({ msecs, seq: (made += 1) });
  return Array.from({ length: ROUNDS }, (_, round) => {
    const begins = FROM + round * ROUND_MS;
    const predictions = Array.from({ length: BATCHES }, (_, i) =>
      batchAt(begins + i * Math.floor((ROUND_MS - 500) / BATCHES), round < ROUNDS / 2 ? 0 : 8),
    );
    const labelled = predictions.filter((_, i) => i % 2 === 0);
    return { predictions, feedback: labelled.map((batch) => labelsAt(begins + ROUND_MS - 200, batch)) };
  });

  function batchAt(at: number, warmer: number): PredictionBatch {
    const instances = Array.from({ length: ROWS }, () => draw(new Date(at)));
    const failed = instances.map(() => random.chance(0.02));
    const sure = instances.map(() => random.uniform(0.6, 1));
    const names = subject.manifest.features.map(({ name }) => name);
    const cell = (name: string, value: string | number | undefined) =>
      name === 'temperature' ? Number(value) + warmer : (value ?? null);
    return {
      v: 1,
      batchId: idAt(at),
      model: 'valve',
      version: 1,
      at,
      ids: instances.map(() => idAt(at - 7)),
      receivedAt: instances.map(() => at - 7),
      requests: instances.map(() => ({ metadata: { site: 'north' } })),
      features: Object.fromEntries(
        names.map((name) => [name, instances.map(({ features }) => cell(name, features[name]))]),
      ),
      outputs: {
        label: instances.map(({ truth }, i) => (failed[i] === true ? null : truth)),
        confidence: sure.map((p, i) => (failed[i] === true ? null : p)),
        probabilities: {
          classes: ['off', 'on'],
          values: instances.flatMap(({ truth }, i) => {
            const p = failed[i] === true ? 0 : (sure[i] ?? 0);
            return truth === 'off' ? [p, 1 - p] : [1 - p, p];
          }),
        },
      },
      errors: failed.map((one) => (one ? { code: 'INFERENCE_FAILED', message: 'no' } : null)),
      timings: { queueMs: instances.map(() => 3), computeMs: 1.5 },
    };
  }

  function labelsAt(receivedAt: number, batch: PredictionBatch): FeedbackBatch {
    const items = batch.ids.flatMap((predictionId, row) => {
      const label = batch.outputs.label?.[row] ?? null;
      if (label === null) return [];
      const truth = random.chance(0.9) ? label : label === 'on' ? 'off' : 'on';
      const known = {
        predictionId,
        version: 1,
        predictedAt: batch.receivedAt[row] ?? 0,
        predicted: { label },
      };
      // As they are told when labels are submitted.
      const segments = { room_type: String(batch.features['room_type']?.[row]) };
      return [{ ...known, id: idAt(receivedAt), truth: { label: truth }, segments }];
    });
    return { v: 1, model: 'valve', receivedAt, items };
  }
}

/** What the monitors reported at the end of each round, in a process that is started anew three times. */
async function watchLive(rounds: readonly Round[]): Promise<unknown[]> {
  const room = openMonitorsRoom(place.server.url, place.redis);
  room.clock.now = FROM;
  const start = () => room.start({ models: [watchableModel(subject)] });
  let process = await start();
  const said: unknown[] = [];
  for (const [round, { predictions, feedback }] of rounds.entries()) {
    // In the middle of windows, since none of them ends with a round.
    if (round % 4 === 3) {
      await process.stop();
      process = await start();
    }
    const last = await room.append(predictions);
    await eventually(async () => (await room.savedPosition()) === last);
    const { commands } = place.redis;
    for (const batch of feedback) {
      const [field, payload] = feedbackBatchCodec.encode(batch);
      await commands.xAdd(room.model.feedback, '*', { [field]: payload });
    }
    await eventually(async () => {
      const snapshot = JSON.parse((await room.snapshot()) ?? '{}') as { positions?: { feedback: string } };
      const [end] = (await commands.xRevRange(room.model.feedback, '+', '-', { COUNT: 1 })) ?? [];
      return snapshot.positions?.feedback === end?.id;
    });
    const at = FROM + (round + 1) * ROUND_MS;
    room.clock.now = at;
    const planned = planMonitors([subject.manifest], builtInMonitors).get('valve') ?? [];
    const names = planned.map(({ definition }) => definition.name);
    const reports = await eventually(async () => {
      const all = (await room.reports()).filter((report) => report.at === at);
      const own = names.map((name) => all.find(({ monitor }) => monitor === name));
      return own.every((report) => report !== undefined) ? own : undefined;
    });
    said.push(saidBy(reports));
  }
  await process.stop();
  return said;
}

function saidBy(reports: readonly MonitorReport[]): unknown {
  return reports
    .map(({ monitor, window, measurements, findings }) => ({ monitor, window, measurements, findings }))
    .toSorted((a, b) => (a.monitor < b.monitor ? -1 : 1));
}
