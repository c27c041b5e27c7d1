// Asking for predictions, from the request to the answer, with a real queue, worker and model.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../src/registry/load-registry.js';
import type { RegisteredModel, Registry } from '../../src/registry/registry.js';
import type { Serving } from '../../src/serving/serving.js';
import { CLEAR_IRIS, UNSURE_IRIS } from '../support/api-client.js';
import { silent } from '../support/redis-room.js';
import { openServingRoom, type ServingRoom } from '../support/serving-room.js';

const MODEL = 'iris-classifier';
let house: ServingRoom;
let one: Serving;
let other: Serving;
/** What is asked for without a version; a test lets it change. */
let production = 1;

beforeAll(async () => {
  const models = await loadRegistry({ modelsDir: 'models', log: silent });
  house = await openServingRoom(versionsOf(models), 'predict');
  [one, other] = await Promise.all([house.startServing(), house.startServing()]);
});
afterAll(() => house.close());
beforeEach(() => void (production = 1));

/** The same files under two numbers. */
function versionsOf(models: Registry): Registry {
  const numbered = (model: RegisteredModel, version: number) => ({
    model: { ...model, production: { ...model.production, version: production } },
    version: { ...model.production, version },
  });
  const registry: Registry = {
    models: () => models.models().map((model) => numbered(model, production).model),
    model: (name) => numbered(models.model(name), production).model,
    version: (name, version = production) => numbered(models.model(name), version),
  };
  return registry;
}

const predict = (serving: Serving, rest: object = {}) =>
  serving.predict({ model: MODEL, features: CLEAR_IRIS, traceId: 't', ...rest });
const predictBatch = (instances: readonly object[], rest: object = {}) =>
  one.predictBatch({
    model: MODEL,
    instances: instances.map((features) => ({ ...features })),
    deadlineMs: 60_000,
    traceId: 't',
    ...rest,
  });

describe('predictBatch', () => {
  it('answers a thousand instances in their order, in few batches, and a bad one fails alone', async () => {
    const before = house.ran.length;
    const instances = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? CLEAR_IRIS : UNSURE_IRIS));
    const { predictions, errors } = await predictBatch([
      ...instances.slice(0, 500),
      { petal_width: 'wide' },
      ...instances.slice(501),
    ]);
    expect(errors).toMatchObject([{ index: 500, code: 'INVALID_INPUT' }]);
    expect(errors[0]?.issues[0]?.path).toMatch(/^input\.instances\[500\]\./);
    expect(predictions.map(({ label }) => label === 'setosa')).toEqual(
      instances.filter((_, i) => i !== 500).map((features) => features === CLEAR_IRIS),
    );
    expect(new Set(predictions.map(({ id }) => id)).size).toBe(999);
    expect(house.ran.slice(before).reduce((sum, rows) => sum + rows, 0)).toBe(999);
    expect(house.ran.length - before).toBeLessThan(40);
  });

  it('has nothing to do when every instance is bad', async () => {
    const before = house.ran.length;
    const { predictions, errors } = await predictBatch([{}, { sepal_length: 'x' }]);
    expect(predictions).toEqual([]);
    expect(errors.map(({ index, code }) => ({ index, code }))).toEqual([
      { index: 0, code: 'INVALID_INPUT' },
      { index: 1, code: 'INVALID_INPUT' },
    ]);
    expect(house.ran.length).toBe(before);
  });

  it('is refused whole when it cannot be taken whole', async () => {
    const before = house.ran.length;
    const instances = Array.from({ length: 1000 }, () => CLEAR_IRIS);
    const client = '192.0.2.1';
    const answers = await Promise.allSettled([
      predictBatch(instances, { client }),
      predictBatch(instances, { client }),
      predictBatch(instances, { client }),
      predictBatch([CLEAR_IRIS], { client: '192.0.2.2' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(answers[2]).toMatchObject({ reason: { code: 'RATE_LIMITED', retryable: true } });
    expect(house.ran.slice(before).reduce((sum, rows) => sum + rows, 0)).toBe(2001);
    // What it had under way no longer counts.
    expect((await predictBatch(instances, { client })).predictions.length).toBe(1000);
  });
});

describe('one requestId', () => {
  it('sent twenty times at once to two processes is one inference and one answer', async () => {
    const before = house.ran.length;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => predict(i % 2 === 0 ? one : other, { requestId: 'twenty' })),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(house.ran.slice(before)).toEqual([1]);
  });
});

describe('a version', () => {
  it('that comes into production is asked from one call to the next; the one before is still there by its number', async () => {
    expect((await predict(one)).version).toBe(1);
    production = 2;
    const [now, named] = await Promise.all([predict(one), predict(one, { version: 1 })]);
    expect([now.version, named.version]).toEqual([2, 1]);
    const text = await house.metrics();
    expect(text).toMatch(/vigie_batcher_fixed_seconds\{model="iris-classifier",version="2"\} [\d.e-]+/);
    expect(text).toMatch(/vigie_batcher_wait_seconds_count\{model="iris-classifier",version="2"\} 1/);
  });
});
