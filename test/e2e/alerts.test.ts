// What people hear and see of alerts of a running Vigie with a webhook: silences that are made, kept to, ended, run out or
// refused, and the numbers behind drift.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ask, CLEAR_IRIS, send, UNSURE_AIR, UNSURE_IRIS } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { startHttpReceiver } from '../support/http-receiver.js';
import { privateDataDir, QUICK, startVigie, type VigieProcess } from '../support/vigie-process.js';

let vigie: VigieProcess;
let data: Awaited<ReturnType<typeof privateDataDir>>;
let receiver: Awaited<ReturnType<typeof startHttpReceiver>>;

beforeAll(async () => {
  [data, receiver] = await Promise.all([privateDataDir(), startHttpReceiver()]);
  vigie = await startVigie({ ...QUICK, DATA_DIR: data.dir, WEBHOOK_URL: receiver.url });
});

afterAll(async () => {
  expect(await vigie.stop()).toBe(0);
  await Promise.all([data.remove(), receiver.stop()]);
});

const MODEL = 'iris-classifier';
const AIR = 'air-quality-ventilation';
const FIELDS = 'id model monitor key until comment createdBy';
const SILENCE = `mutation($input: SilenceInput!) { silenceAlerts(input: $input) { ${FIELDS} } }`;
const END = `mutation($id: ID!) { endSilence(id: $id) { ${FIELDS} } }`;

interface Silence {
  readonly id: string;
  readonly model: string | null;
  readonly monitor: string | null;
  readonly key: string | null;
  readonly until: string;
  readonly comment: string;
}

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const add = async (input: object) =>
  (await ask<{ silenceAlerts: Silence }>(vigie.url, SILENCE, { input: { comment: 'known', ...input } }))
    .silenceAlerts;
const list = async () =>
  (await ask<{ silences: Silence[] }>(vigie.url, `{ silences { ${FIELDS} } }`)).silences;
const end = async (id: string) =>
  (await ask<{ endSilence: Silence | null }>(vigie.url, END, { id })).endSilence;

const predictMany = (features: object, model = MODEL) =>
  ask(vigie.url, 'mutation($input: PredictBatchInput!) { predictBatch(input: $input) { errors { code } } }', {
    input: { model, instances: Array.from({ length: 1000 }, () => features) },
  });
/** The state of the newest alert on the mean confidence. */
const confidence = async (model = MODEL) => {
  const query = `{ alerts(filter: { model: "${model}", monitor: "confidence" }) { edges { node { key state } } } }`;
  const { alerts } = await ask<{ alerts: { edges: { node: { key: string; state: string } }[] } }>(
    vigie.url,
    query,
  );
  return alerts.edges.map(({ node }) => node).find(({ key }) => key === 'mean')?.state;
};
const told = z.object({
  transition: z.object({ to: z.string(), at: z.string() }),
  alert: z.object({ model: z.string(), monitor: z.string(), key: z.string() }),
});
const postSchema = told.extend({ others: z.array(told) });
/** What receivers were told of the confidence. */
const posted = (model = MODEL) =>
  receiver.posts
    .map(({ body }) => postSchema.parse(body))
    .flatMap((post) => [post, ...post.others])
    .filter(({ alert }) => alert.model === model && alert.monitor === 'confidence')
    .map(({ transition }) => transition);

describe('a silence', () => {
  it('keeps a real alert from people until it is ended, while everybody can see alert and silence', async () => {
    const until = inSeconds(600);
    await eventually(async () => {
      const query = `{ monitors(model: "${MODEL}") { monitor } }`;
      const { monitors } = await ask<{ monitors: { monitor: string }[] }>(vigie.url, query);
      return monitors.some(({ monitor }) => monitor === 'confidence');
    });
    const silence = await add({ model: MODEL, monitor: 'confidence', key: 'mean', until });
    expect(silence).toMatchObject({
      model: MODEL,
      monitor: 'confidence',
      key: 'mean',
      until,
      comment: 'known',
    });
    const later = await add({ key: 'of a feature to come', until: inSeconds(1200) });
    expect(await list()).toEqual([silence, later]);

    await predictMany(UNSURE_IRIS);
    await eventually(async () => (await confidence()) === 'FIRING');
    // The drift that comes with it is told: what is told of confidence would have come by then.
    await eventually(() => receiver.posts.length > 0);
    expect(posted()).toEqual([]);

    expect(await end(silence.id)).toEqual(silence);
    expect(await end(silence.id)).toBeNull();
    expect(await list()).toEqual([later]);
    await eventually(() => posted().length > 0);
    expect(posted().map(({ to }) => to)).toEqual(['firing']);
    await predictMany(CLEAR_IRIS);
    await eventually(() => posted().length > 1);
    expect(posted().map(({ to }) => to)).toEqual(['firing', 'resolved']);
  });

  it('keeps a real alert from people until it has run out, and is not listed after that', async () => {
    const { id, until } = await add({ model: AIR, until: inSeconds(5) });
    expect((await list()).map((one) => one.id)).toContain(id);
    await predictMany(UNSURE_AIR, AIR);
    await eventually(async () => (await confidence(AIR)) === 'FIRING');
    const [told] = await eventually(() => posted(AIR).length > 0 && posted(AIR), { timeoutMs: 20_000 });
    expect(told?.to).toBe('firing');
    expect(Date.parse(told?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(until));
    expect((await list()).map((one) => one.id)).not.toContain(id);
  });
});

describe('a silence is refused', () => {
  it.each([
    ['of a model that is not there', { model: 'iris' }, 'MODEL_NOT_FOUND', undefined],
    ['of a monitor that is not there', { monitor: 'confidense' }, 'INVALID_INPUT', 'input.monitor'],
    [
      'of a monitor that does not watch the model',
      { model: 'vigie', monitor: 'confidence' },
      'INVALID_INPUT',
      'input.monitor',
    ],
    ['that would be over', { model: MODEL, until: inSeconds(-1) }, 'INVALID_INPUT', 'input.until'],
    ['that names nothing', {}, 'INVALID_INPUT', 'input'],
    ['without a reason', { model: MODEL, comment: '' }, 'INVALID_INPUT', 'input.comment'],
  ])('%s', async (_, changed, code, path) => {
    const input = { until: inSeconds(60), comment: 'known', ...changed };
    const { errors } = await send(vigie.url, SILENCE, { input });
    expect(errors?.[0]?.extensions).toMatchObject({
      code,
      ...(path !== undefined && { issues: [{ path }] }),
    });
  });
});

const driftSchema = z.object({
  currentMean: z.number(),
  currentRows: z.number(),
  referenceMean: z.number(),
  referenceRows: z.number(),
  edges: z.array(z.number()),
  currentCounts: z.array(z.number()),
  referenceCounts: z.array(z.number()),
});
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

it('a finding of drift has both means and both histograms in its detail', async () => {
  await predictMany(CLEAR_IRIS);
  const query = `{ monitors(model: "${MODEL}") { monitor findings { key status value detail } } }`;
  const detail = await eventually(async () => {
    const { monitors } = await ask<{
      monitors: { monitor: string; findings: { key: string; status: string; detail: object }[] }[];
    }>(vigie.url, query);
    const findings = monitors.find(({ monitor }) => monitor === 'data-drift')?.findings ?? [];
    const found = findings.find(({ key, status }) => key === 'petal_length' && status === 'CRITICAL');
    const parsed = driftSchema.safeParse(found?.detail).data;
    return parsed?.currentMean.toFixed(3) === '1.400' && parsed;
  });
  const reference = JSON.parse(
    await readFile(join(import.meta.dirname, '..', '..', 'models', MODEL, '1', 'reference.json'), 'utf8'),
  ) as { features: { petal_length: { mean: number; count: number } } };
  const { mean, count } = reference.features.petal_length;
  expect(detail).toMatchObject({ referenceMean: mean, referenceRows: count, currentRows: 1000 });
  const { edges, referenceCounts, currentCounts } = detail;
  expect([referenceCounts.length, currentCounts.length]).toEqual([edges.length + 1, edges.length + 1]);
  expect([sum(referenceCounts), sum(currentCounts)]).toEqual([count, 1000]);
  // All of today's values are the same: in the bin that begins with the last edge not beyond it.
  const bin = edges.filter((edge) => edge <= 1.4).length;
  expect([currentCounts[bin], currentCounts[bin - 1]]).toContain(1000);
});
