// Redis is killed under load and comes back: fast refusals meanwhile, recovery by itself, nothing acknowledged lost.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, predictIris, subscribe } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { startPrivateRedis, type PrivateRedis } from '../support/private-redis.js';
import { recordedIds } from '../support/recorded-ids.js';
import { startSteadyLoad } from '../support/steady-load.js';
import { privateDataDir, QUICK, startVigie, type VigieProcess } from '../support/vigie-process.js';

const CLIENTS = 8;

let redis: PrivateRedis;
let data: Awaited<ReturnType<typeof privateDataDir>>;
let vigie: VigieProcess;

beforeAll(async () => {
  [redis, data] = await Promise.all([startPrivateRedis(), privateDataDir()]);
  vigie = await startVigie({ ...QUICK, REDIS_URL: redis.url, DATA_DIR: data.dir });
});

afterAll(async () => {
  await vigie.stop();
  await redis.stop();
  await data.remove();
});

it('fails fast with UNAVAILABLE, recovers within ten seconds, and has every answered prediction in the record', async () => {
  const load = startSteadyLoad(vigie.url, { clients: CLIENTS });
  const { outcomes } = load;
  const ticket = 'mutation($input: PredictInput!) { submitPrediction(input: $input) { id } }';
  await eventually(() => outcomes.length > 300);
  const submitted = await Promise.all(
    Array.from({ length: 20 }, () =>
      ask<{ submitPrediction: { id: string } }>(vigie.url, ticket, {
        input: {
          model: 'iris-classifier',
          features: { sepal_length: 6, sepal_width: 3, petal_length: 4, petal_width: 1.2 },
        },
      }),
    ),
  );

  await redis.kill();
  const killedAt = Date.now();
  // Each is told while it is away, also of what was under way when it died, and told again of what it sent then.
  const refusedSince = () =>
    outcomes.filter(({ code, sentAt }) => code === 'UNAVAILABLE' && sentAt > killedAt);
  await eventually(
    () => refusedSince().length > 20 && new Set(refusedSince().map(({ client }) => client)).size === CLIENTS,
  );
  // Taken before it answers again: what is sent from here on may succeed.
  const restartedAt = Date.now();
  await redis.restart();
  await eventually(() => outcomes.some(({ id, sentAt }) => id !== undefined && sentAt > restartedAt), {
    timeoutMs: 10_000,
  });
  await load.stop();

  const whileAway = outcomes.filter(({ sentAt }) => sentAt > killedAt && sentAt < restartedAt);
  expect(new Set(whileAway.map(({ code }) => code))).toEqual(new Set(['UNAVAILABLE']));
  const caught = outcomes.filter(({ sentAt, tookMs }) => sentAt <= killedAt && sentAt + tookMs > killedAt);
  expect(caught.filter(({ code }) => code !== undefined && code !== 'UNAVAILABLE')).toEqual([]);
  const acknowledged = [
    ...outcomes.flatMap(({ id }) => (id === undefined ? [] : [id])),
    ...submitted.map(({ submitPrediction }) => submitPrediction.id),
  ];
  const recorded = await eventually(
    async () => {
      const ids = await recordedIds(vigie.url, 'iris-classifier');
      return acknowledged.every((id) => ids.includes(id)) && ids;
    },
    { timeoutMs: 30_000 },
  );
  expect(new Set(recorded).size).toBe(recorded.length);
});

it('goes on measuring and pushing live afterwards', async () => {
  const live = await subscribe<{ metricUpdated: { n: number } }>(
    vigie.url,
    'subscription { metricUpdated(model: "iris-classifier", names: ["confidence_mean"]) { n value } }',
  );
  await predictIris(vigie.url);
  await eventually(() => live.items.length > 0);
  await live.close();
  expect(await (await fetch(`${vigie.url}/health/ready`)).json()).toMatchObject({ status: 'ok' });
});
