// The monitor process is killed while an alert fires: a standby goes on from the snapshot; no notification twice, none lost.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, CLEAR_IRIS, UNSURE_IRIS } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import {
  postgresAvailable,
  startPrivatePostgres,
  type PrivatePostgres,
} from '../support/private-postgres.js';
import { startPrivateRedis, type PrivateRedis } from '../support/private-redis.js';
import { privateDataDir, QUICK, startVigie, type VigieProcess } from '../support/vigie-process.js';

interface Notification {
  readonly transition: { readonly to: string; readonly id: string };
  readonly alert: { readonly monitor: string; readonly key: string };
}

describe.runIf(postgresAvailable())('with two monitor processes', () => {
  const told: Notification[] = [];
  let pager: Server;
  let redis: PrivateRedis;
  let postgres: PrivatePostgres;
  let data: Awaited<ReturnType<typeof privateDataDir>>;
  let env: Record<string, string>;
  let front: VigieProcess;
  let first: VigieProcess;
  let second: VigieProcess;

  beforeAll(async () => {
    pager = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        told.push(JSON.parse(body) as Notification);
        response.end();
      });
    });
    await new Promise<void>((resolve) => pager.listen(0, '127.0.0.1', resolve));
    const { port } = pager.address() as AddressInfo;
    [redis, postgres, data] = await Promise.all([
      startPrivateRedis(),
      startPrivatePostgres(),
      privateDataDir(),
    ]);
    env = {
      ...QUICK,
      REDIS_URL: redis.url,
      DATABASE_URL: postgres.url,
      DATA_DIR: data.dir,
      WEBHOOK_URL: `http://127.0.0.1:${port}/`,
    };
    front = await startVigie({ ...env, ROLES: 'api,worker' });
    first = await startVigie({ ...env, ROLES: 'monitor' });
    second = await startVigie({ ...env, ROLES: 'monitor' });
  });

  afterAll(async () => {
    await Promise.all([front.stop(), second.stop()]);
    await Promise.all([redis.stop(), postgres.stop(), data.remove()]);
    pager.close();
  });

  const predictMany = async (features: object) => {
    const query = 'mutation($input: PredictBatchInput!) { predictBatch(input: $input) { errors { code } } }';
    const instances = Array.from({ length: 1000 }, () => features);
    await ask(front.url, query, { input: { model: 'iris-classifier', instances } });
  };
  const toldOfConfidence = () =>
    told
      .filter(({ alert }) => alert.monitor === 'confidence' && alert.key === 'mean')
      .map(({ transition }) => transition.to);

  it('tells of one alert once over the death of its watcher, and of its end', async () => {
    await predictMany(UNSURE_IRIS);
    // A process that dies between the receiver's answer and its own note of it has to send again, under the same key.
    await eventually(async () => {
      const metrics = await (await fetch(`${front.url}/metrics`)).text();
      const idle = metrics.includes('vigie_queue_jobs{queue="background",state="active"} 0');
      return toldOfConfidence().includes('firing') && idle;
    });
    await first.kill();

    const windowOf = async () => {
      const query = '{ monitors(model: "iris-classifier") { monitor window { n } lastEvaluatedAt } }';
      const { monitors } = await ask<{
        monitors: { monitor: string; window: { n: number }; lastEvaluatedAt: string }[];
      }>(front.url, query);
      return monitors.find(({ monitor }) => monitor === 'confidence');
    };
    const killedAt = Date.now();
    const takenOver = await eventually(
      async () => {
        const status = await windowOf();
        return status !== undefined && Date.parse(status.lastEvaluatedAt) > killedAt + 500 && status;
      },
      { timeoutMs: 10_000 },
    );
    expect(takenOver.window.n).toBe(1000);

    await predictMany(CLEAR_IRIS);
    await eventually(() => toldOfConfidence().includes('resolved'), { timeoutMs: 20_000 });
    expect(toldOfConfidence()).toEqual(['firing', 'resolved']);
  });
});
