// A monitor repeated by segment on the real streams: reports, gauges, a restart, and the alert of a segment that lost its place.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { feedbackBatchCodec, type FeedbackBatch } from '../../src/events/feedback-batch.js';
import { eventually } from '../support/eventually.js';
import { monitorSubject, predictionBatch, watchableModel } from '../support/monitor-batches.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';
import { openMonitorsRoom } from './monitors-room.js';

let place: RedisRoom;
beforeAll(async () => void (place = await openRedisRoom()));
afterAll(() => place.close());

const AT = 1_700_000_000_000;
const SEGMENTED = { segmentBy: 'metadata.region', segments: { top: 2, reviewRows: 500 } };
const model = watchableModel(
  monitorSubject({ monitors: { performance: { ...SEGMENTED, minAccuracy: 0.8 }, 'error-rate': SEGMENTED } }),
);
const rowsOf = (region: string, n: number, failed = false) =>
  predictionBatch(
    AT,
    Array.from({ length: n }, () => ({ failed, metadata: { region } })),
  );

function labels(region: string, n: number, truth: string): FeedbackBatch {
  const items = Array.from({ length: n }, (_, i) => ({
    ...{ id: `${region}-${i}`, predictionId: `${region}-p${i}`, version: 1, predictedAt: AT + i },
    ...{ predicted: { label: 'off' }, truth: { label: truth }, segments: { 'metadata.region': region } },
  }));
  return { v: 1, model: 'valve', receivedAt: AT, items };
}

it('watches the segments of predictions and labels, before and after a restart, and ends with those that shrank', async () => {
  const room = openMonitorsRoom(place.server.url, place.redis);
  const keyed = async (monitor: string) =>
    new Map((await room.status(monitor))?.findings.map((finding) => [finding.key, finding]));
  const learn = async (batch: FeedbackBatch) => {
    const [field, text] = feedbackBatchCodec.encode(batch);
    await place.redis.commands.xAdd(room.model.feedback, '*', { [field]: text });
  };
  await room.append([rowsOf('north', 100), rowsOf('south', 100, true)]);
  const first = await room.start({ models: [model] });
  await eventually(async () => (await keyed('error-rate')).get('segment=south/ratio')?.status === 'critical');
  expect((await keyed('error-rate')).get('segment=north/ratio')?.status).toBe('ok');
  expect(await first.metrics.registry.metrics()).toMatch(
    /vigie_monitor_error_ratio\{(?=.*segment="south")(?=.*model="valve").*\} 1\n/,
  );
  await learn(labels('north', 50, 'on'));
  await learn(labels('south', 500, 'off'));
  await eventually(async () => (await keyed('performance')).get('segment=south/accuracy')?.n === 500);
  expect((await keyed('performance')).get('accuracy')?.status).toBe('ok');
  expect((await keyed('performance')).get('segment=north/accuracy')?.status).toBe('critical');
  await first.stop();

  const second = await room.start({ models: [model] });
  await room.append([rowsOf('north', 1)]);
  await eventually(async () => (await keyed('error-rate')).get('segment=north/ratio')?.n === 101);
  expect((await keyed('performance')).get('segment=north/accuracy')).toMatchObject({
    status: 'critical',
    n: 50,
  });
  for (let i = 0; i < 20; i += 1) await room.append([rowsOf('west', 200), rowsOf('north', 100)]);
  await eventually(async () => (await keyed('error-rate')).has('segment=west/ratio'));
  expect((await keyed('error-rate')).has('segment=south/ratio')).toBe(false);
  expect((await room.status('error-rate'))?.health).toMatchObject({ status: 'ok', errors: 0 });
  await second.stop();
});
