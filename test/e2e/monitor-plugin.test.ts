// One process with all roles, and a plugin in it that loops for ever: predictions, queries and the other monitors go on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, CLEAR_IRIS } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { startPrivateRedis, type PrivateRedis } from '../support/private-redis.js';
import { privateDataDir, QUICK, startVigie, type VigieProcess } from '../support/vigie-process.js';

interface MonitorStatus {
  readonly monitor: string;
  readonly lastEvaluatedAt: string;
  readonly health: { readonly status: string; readonly lastError: string | null };
}

describe('a process with a plugin that loops for ever', () => {
  let redis: PrivateRedis;
  let data: Awaited<ReturnType<typeof privateDataDir>>;
  let vigie: VigieProcess;

  beforeAll(async () => {
    [redis, data] = await Promise.all([startPrivateRedis(), privateDataDir()]);
    const plugin = './test/support/endless-plugin.js';
    vigie = await startVigie({
      ...QUICK,
      REDIS_URL: redis.url,
      DATA_DIR: data.dir,
      MONITOR_PLUGINS: plugin,
    });
  });
  afterAll(async () => {
    await vigie.kill();
    await redis.stop();
    await data.remove();
  });

  const predict = async () => {
    const query = 'mutation($input: PredictBatchInput!) { predictBatch(input: $input) { errors { code } } }';
    const answer = await ask<{ predictBatch: { errors: unknown[] } }>(vigie.url, query, {
      input: { model: 'iris-classifier', instances: [CLEAR_IRIS] },
    });
    return answer.predictBatch.errors;
  };
  const statusOf = async (monitor: string) => {
    const query = `{ monitors(model: "iris-classifier") { monitor lastEvaluatedAt health { status lastError } } }`;
    const { monitors } = await ask<{ monitors: MonitorStatus[] }>(vigie.url, query);
    return monitors.find((status) => status.monitor === monitor);
  };

  it('predicts, answers and evaluates the other monitors meanwhile, and shows which one hangs', async () => {
    await eventually(async () => (await statusOf('endless'))?.health.status === 'OK', { timeoutMs: 20_000 });
    expect(await predict()).toEqual([]);
    const down = await eventually(async () => {
      const status = await statusOf('endless');
      return status?.health.status === 'DOWN' && status;
    });
    expect(down.health.lastError).toMatch(/^evaluate: no answer within 1.0 s: busy for \d/);
    const before = await eventually(() => statusOf('latency'));
    await eventually(async () => {
      expect(await predict()).toEqual([]);
      const { health, lastEvaluatedAt } = (await statusOf('latency')) ?? before;
      return (
        health.status === 'OK' && Date.parse(lastEvaluatedAt) > Date.parse(before.lastEvaluatedAt) + 1000
      );
    });
    const metrics = await (await fetch(`${vigie.url}/metrics`)).text();
    expect(metrics).toMatch(
      /vigie_monitor_errors_total\{model="iris-classifier",monitor="endless",method="evaluate"\} [1-9]/,
    );
  });

  it('ends the thread of the plugin and starts it anew, and stops in order whatever the plugin does', async () => {
    await eventually(() => vigie.lines.some(({ msg }) => msg === 'the thread of a monitor plugin ended'), {
      timeoutMs: 25_000,
    });
    await eventually(async () => (await statusOf('endless'))?.health.status === 'OK', { timeoutMs: 20_000 });
    await predict();
    await eventually(async () => (await statusOf('endless'))?.health.status === 'DOWN');
    expect(await vigie.stop()).toBe(0);
    expect(vigie.errorOutput()).toBe('');
  }, 60_000);
});
