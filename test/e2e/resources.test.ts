// Vigie watches itself: what a real process uses arrives, is measured, recorded and judged under the name `vigie`, apart from the models.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, send } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { privateDataDir, QUICK, startVigie, type VigieProcess } from '../support/vigie-process.js';

let vigie: VigieProcess;
let data: Awaited<ReturnType<typeof privateDataDir>>;

// Any process passes this bound, as soon as it has been watched for a window.
const resources = { window: { seconds: 30 }, memory: { warnAbove: 1e-6, criticalAbove: null } };

beforeAll(async () => {
  data = await privateDataDir();
  const SYSTEM_WATCH = JSON.stringify({ monitors: { resources } });
  vigie = await startVigie({ ...QUICK, DATA_DIR: data.dir, SYSTEM_WATCH });
});

afterAll(async () => {
  expect(await vigie.stop()).toBe(0);
  await data.remove();
});

it('measures its process, machine, queues and Redis, and tells of what passes a bound', async () => {
  const { url } = vigie;
  const found = await eventually(
    async () => {
      const { monitors } = await ask<{
        monitors: { model: string; version: number | null; monitor: string; findings: Finding[] }[];
      }>(url, '{ monitors(model: "vigie") { model version monitor findings { key status summary } } }');
      expect(monitors.map(({ model, version, monitor }) => [model, version, monitor])).toEqual([
        ['vigie', null, 'resources'],
      ]);
      const findings = monitors[0]?.findings ?? [];
      return findings.some(({ key, status }) => isMemory(key) && status === 'WARNING') && findings;
    },
    { timeoutMs: 90_000 },
  );
  const kinds = new Set(found.map(({ key }) => key.split(':')[0]));
  for (const kind of ['cpu', 'memory', 'heap', 'event-loop', 'disk', 'queue', 'redis-memory', 'samples'])
    expect(kinds).toContain(kind);

  const alert = await eventually(async () => {
    const query =
      '{ alerts(filter: { model: "vigie", monitor: "resources" }) { edges { node { key state } } } }';
    const { alerts } = await ask<{ alerts: { edges: { node: { key: string; state: string } }[] } }>(
      url,
      query,
    );
    return alerts.edges.map(({ node }) => node).find(({ key }) => isMemory(key));
  });
  expect(['PENDING', 'FIRING']).toContain(alert.state.toUpperCase());

  const text = await (await fetch(`${url}/metrics`)).text();
  const bytes = /vigie_monitor_process_resident_bytes\{.*model="vigie".*\} (\d+)/.exec(text)?.[1];
  expect(Number(bytes)).toBeGreaterThan(30 * 1024 * 1024);
  expect(text).toContain('vigie_monitor_disk_free_ratio{');

  const series = await eventually(async () => {
    const query =
      '{ metrics(filter: { model: "vigie", names: ["process_cpu_ratio"] }) { labels points { value } } }';
    const { metrics } = await ask<{ metrics: { points: { value: number }[] }[] }>(url, query);
    return metrics.length > 0 && metrics;
  });
  expect(series).toHaveLength(1);
}, 120_000);

it('is listed with the monitors and not with the models', async () => {
  const { models, monitors } = await ask<{ models: { name: string }[]; monitors: { model: string }[] }>(
    vigie.url,
    '{ models { name } monitors { model } }',
  );
  expect(monitors.map(({ model }) => model)).toContain('vigie');
  expect(models.map(({ name }) => name)).not.toContain('vigie');
  const input = { model: 'vigie', features: {} };
  const answer = await send(vigie.url, 'mutation($input: PredictInput!) { predict(input: $input) { id } }', {
    input,
  });
  expect(answer.errors?.[0]?.extensions.code).toBe('MODEL_NOT_FOUND');
});

interface Finding {
  readonly key: string;
  readonly status: string;
  readonly summary: string;
}

function isMemory(key: string): boolean {
  return /^memory:[^/]+\/api\+worker\+monitor$/.test(key);
}
