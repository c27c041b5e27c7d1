// The monitor process is killed while an alert fires, and while it tells people: a standby goes on, nothing is lost, nothing is news twice.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, CLEAR_AIR, CLEAR_IRIS, UNSURE_AIR, UNSURE_IRIS } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import {
  postgresAvailable,
  startPrivatePostgres,
  type PrivatePostgres,
} from '../support/private-postgres.js';
import { startPrivateRedis, type PrivateRedis } from '../support/private-redis.js';
import { privateDataDir, QUICK, startVigie, type VigieProcess } from '../support/vigie-process.js';

const IRIS = 'iris-classifier';
const AIR = 'air-quality-ventilation';

interface News {
  readonly transition: { readonly to: string; readonly id: string };
  readonly alert: { readonly model: string; readonly monitor: string; readonly key: string };
}

interface Notification extends News {
  readonly others: readonly News[];
}

/** One piece of news at the receiver: `answered` is false where it let the request hang; `head` stands for all of that. */
interface Delivery extends News {
  readonly head: string;
  readonly idempotencyKey: string | undefined;
  readonly answered: boolean;
}

describe.runIf(postgresAvailable())('with two monitor processes', () => {
  const deliveries: Delivery[] = [];
  let hangs = false;
  let pager: Server;
  let redis: PrivateRedis;
  let postgres: PrivatePostgres;
  let data: Awaited<ReturnType<typeof privateDataDir>>;
  let env: Record<string, string>;
  let front: VigieProcess;
  let first: VigieProcess;
  let second: VigieProcess;
  const running = new Set<VigieProcess>();

  beforeAll(async () => {
    pager = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const notification = JSON.parse(body) as Notification;
        const idempotencyKey = request.headersDistinct['idempotency-key']?.join();
        // One message tells of all that one evaluation found, under the key of the worst of it.
        for (const { alert, transition } of [notification, ...notification.others])
          deliveries.push({
            alert,
            transition,
            head: notification.transition.id,
            idempotencyKey,
            answered: !hangs,
          });
        if (!hangs) response.end();
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
    front = await start('api,worker');
    first = await start('monitor');
    second = await start('monitor');
  });

  const start = async (roles: string) => {
    const started = await startVigie({ ...env, ROLES: roles });
    running.add(started);
    return started;
  };
  const kill = async (victim: VigieProcess) => {
    running.delete(victim);
    await victim.kill();
  };

  afterAll(async () => {
    await Promise.all([...running].map((process) => process.stop()));
    await Promise.all([redis.stop(), postgres.stop(), data.remove()]);
    pager.closeAllConnections();
    pager.close();
  });

  const predictMany = async (model: string, features: object) => {
    const query = 'mutation($input: PredictBatchInput!) { predictBatch(input: $input) { errors { code } } }';
    const instances = Array.from({ length: 1000 }, () => features);
    await ask(front.url, query, { input: { model, instances } });
  };
  const ofConfidence = (model: string) =>
    deliveries.filter(
      ({ alert }) => alert.model === model && alert.monitor === 'confidence' && alert.key === 'mean',
    );
  const toldOfConfidence = (model: string) =>
    ofConfidence(model).flatMap(({ answered, transition }) => (answered ? [transition.to] : []));

  it('tells of one alert once over the death of its watcher, and of its end', async () => {
    await predictMany(IRIS, UNSURE_IRIS);
    // A process that dies between the receiver's answer and its own note of it has to send again, under the same key.
    await eventually(async () => {
      const metrics = await (await fetch(`${front.url}/metrics`)).text();
      const idle = metrics.includes('vigie_queue_jobs{queue="background",state="active"} 0');
      return toldOfConfidence(IRIS).includes('firing') && idle;
    });
    await kill(first);

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

    await predictMany(IRIS, CLEAR_IRIS);
    await eventually(() => toldOfConfidence(IRIS).includes('resolved'), { timeoutMs: 20_000 });
    expect(toldOfConfidence(IRIS)).toEqual(['firing', 'resolved']);
  });

  it('delivers by the standby what its predecessor had committed but not brought to people, under one key', async () => {
    hangs = true;
    await predictMany(AIR, UNSURE_AIR);
    // The transition is committed, and its news on the way to a receiver that does not answer.
    await eventually(() => ofConfidence(AIR).some(({ transition }) => transition.to === 'firing'));
    await start('monitor');
    await kill(second);
    expect(toldOfConfidence(AIR)).toEqual([]);
    hangs = false;
    await eventually(() => toldOfConfidence(AIR).includes('firing'), { timeoutMs: 30_000 });

    await predictMany(AIR, CLEAR_AIR);
    await eventually(() => toldOfConfidence(AIR).includes('resolved'), { timeoutMs: 30_000 });
    const news = new Map(ofConfidence(AIR).map(({ transition }) => [transition.id, transition.to]));
    expect([...news.values()]).toEqual(['firing', 'resolved']);
    // So that a receiver can drop what it had already.
    for (const { head, idempotencyKey } of ofConfidence(AIR)) expect(idempotencyKey).toBe(head);
  }, 90_000);
});
