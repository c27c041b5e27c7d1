// A worker dies in the middle of its work: every request has an outcome, nothing is recorded twice, nothing is missing.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, predictIris } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { recordedIds } from '../support/recorded-ids.js';
import { startSplitHouse, type SplitHouse } from '../support/split-house.js';
import type { VigieProcess } from '../support/vigie-process.js';

const RETRYABLE = ['DEADLINE_EXCEEDED', 'UNAVAILABLE', 'OVERLOADED'];

let house: SplitHouse;
let front: VigieProcess;
let worker: VigieProcess;

beforeAll(async () => {
  house = await startSplitHouse();
  ({ front, worker } = house);
});
afterAll(() => house.stop(worker));

it('answers or retryably fails each of 500 predictions, records each once, and misses none', async () => {
  const answered: string[] = [];
  const failed: { code: string; predictionId: string | undefined }[] = [];
  let sent = 0;
  const client = async () => {
    while (sent < 500) {
      sent += 1;
      const { data: answer, errors } = await predictIris(front.url);
      if (answer != null) answered.push(answer.predict.id);
      const extensions = errors?.[0]?.extensions;
      if (extensions !== undefined)
        failed.push({ code: extensions.code, predictionId: extensions.predictionId });
    }
  };
  const clients = Array.from({ length: 50 }, client);
  await eventually(() => answered.length > 100, { everyMs: 1 });
  await worker.kill();
  const answeredAtKill = answered.length;
  const restarted = house.startWorker();
  await Promise.all(clients);
  worker = await restarted;

  expect(answeredAtKill).toBeLessThan(450);
  expect(answered.length + failed.length).toBe(500);
  expect(failed.filter(({ code }) => !RETRYABLE.includes(code))).toEqual([]);
  // A failure without an id was refused before the queue; everything else must reach the record, late ones as failed.
  const underWay = failed.flatMap(({ predictionId }) => (predictionId === undefined ? [] : [predictionId]));
  const expected = [...answered, ...underWay];
  const recorded = await eventually(
    async () => {
      const ids = await recordedIds(front.url, 'iris-classifier');
      return expected.every((id) => ids.includes(id)) && ids;
    },
    { timeoutMs: 20_000 },
  );
  expect(new Set(recorded).size).toBe(recorded.length);
  const { predict } = (await predictIris(front.url)).data ?? {};
  expect(predict?.label).toBe('setosa');
});

it('refuses at once while no worker is there, instead of letting requests time out', async () => {
  await worker.kill();
  // One that had waited for a worker would be DEADLINE_EXCEEDED.
  await eventually(
    async () => {
      const { errors } = await predictIris(front.url, undefined, { deadlineMs: 1000 });
      return errors?.[0]?.extensions.code === 'UNAVAILABLE';
    },
    { timeoutMs: 20_000 },
  );
  const ready = await fetch(`${front.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain('workers');
  worker = await house.startWorker();
  await eventually(async () => (await predictIris(front.url)).data?.predict.id);
  const { workers } = await ask<{ workers: { id: string }[] }>(front.url, '{ workers { id } }');
  expect(workers.length).toBe(1);
});
