// PostgreSQL goes away under load: predictions go on, history says UNAVAILABLE fast, the record catches up to the last one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictIris, send } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import {
  postgresAvailable,
  startPrivatePostgres,
  type PrivatePostgres,
} from '../support/private-postgres.js';
import { startPrivateRedis, type PrivateRedis } from '../support/private-redis.js';
import { recordedIds } from '../support/recorded-ids.js';
import { privateDataDir, QUICK, startVigie, type VigieProcess } from '../support/vigie-process.js';

describe.runIf(postgresAvailable())('without PostgreSQL for a while', () => {
  let redis: PrivateRedis;
  let postgres: PrivatePostgres;
  let data: Awaited<ReturnType<typeof privateDataDir>>;
  let vigie: VigieProcess;

  beforeAll(async () => {
    [redis, postgres, data] = await Promise.all([
      startPrivateRedis(),
      startPrivatePostgres(),
      privateDataDir(),
    ]);
    vigie = await startVigie({
      ...QUICK,
      REDIS_URL: redis.url,
      DATABASE_URL: postgres.url,
      DATA_DIR: data.dir,
    });
  });

  afterAll(async () => {
    await vigie.stop();
    await Promise.all([redis.stop(), postgres.stop(), data.remove()]);
  });

  it('predictions go on, also retries, and the record catches up to the last one', async () => {
    const ids: string[] = [];
    const predictSome = async (count: number) => {
      for (let i = 0; i < count; i += 1) {
        const { data: answer, errors } = await predictIris(vigie.url, undefined, {
          requestId: `r-${ids.length}`,
        });
        expect(errors).toBeUndefined();
        if (answer != null) ids.push(answer.predict.id);
      }
    };
    await predictSome(20);
    await postgres.kill();
    await predictSome(200);
    const startedAt = Date.now();
    const { errors } = await send(vigie.url, '{ predictions { edges { node { id } } } }');
    expect(errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
    expect(Date.now() - startedAt).toBeLessThan(3000);
    const ready = await fetch(`${vigie.url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.text()).toContain('degraded');
    const again = await predictIris(vigie.url, undefined, { requestId: 'r-100' });
    expect(again.data?.predict.id).toBe(ids[100]);

    await postgres.restart();
    const recorded = await eventually(
      async () => {
        const found = await recordedIds(vigie.url, 'iris-classifier');
        return ids.every((id) => found.includes(id)) && found;
      },
      { timeoutMs: 30_000 },
    );
    expect(new Set(recorded).size).toBe(recorded.length);
  });
});
