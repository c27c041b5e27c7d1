// Health tells what is away and how bad that is: a dependency can bring the service down, a model cannot.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { databaseThreadUrl } from '../../test/support/database-thread-url.js';
import { eventually } from '../../test/support/eventually.js';
import { openRedisRoom, silent, type RedisRoom } from '../../test/support/redis-room.js';
import { sampleReport } from '../../test/support/store-samples.js';
import type { MonitorReport } from '../events/monitor-report.js';
import { loadRegistry } from '../registry/load-registry.js';
import type { Registry } from '../registry/registry.js';
import { openStore } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import { checkDependencies, createHealth } from './health.js';

let room: RedisRoom;
let store: Store;
let dataDir: string;
let registry: Registry;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vigie-health-'));
  [room, store, registry] = await Promise.all([
    openRedisRoom(),
    openStore({ dataDir, threadUrl: databaseThreadUrl, log: silent, now: Date.now }),
    loadRegistry({ modelsDir: 'models', log: silent }),
  ]);
});
afterAll(async () => {
  await store.close();
  await room.close();
  await rm(dataDir, { recursive: true, force: true });
});

const everyModel = () => registry.models().map(({ manifest }) => manifest.name);

/** A picture of the workers in which those models are loaded. */
const workersWith = (loaded: readonly string[], count = 1) => ({
  hasLoaded: (model: string) => loaded.includes(model),
  lacking: () => [],
  count: () => count,
  threads: () => count,
  slots: () => count,
  waitingJobs: () => 0,
  urgentJobs: () => 0,
  read: () => Promise.resolve([]),
  stop: () => Promise.resolve(),
});

const healthWith = (
  workers: ReturnType<typeof workersWith>,
  reports: () => Promise<MonitorReport[]> = () => Promise.resolve([]),
) => createHealth({ redis: room.redis, store, registry, workers, reports, version: '1.2.3' })();

const reportWith = (status: MonitorReport['findings'][number]['status']): MonitorReport => {
  const finding = { key: 'mean', status, value: 0.6, threshold: 0.7, effect: null, pValue: null };
  const findings = [{ ...finding, n: 100, summary: 'low', detail: {} }];
  return { ...sampleReport({ model: 'iris-classifier', measurements: [] }), findings };
};

const stateOf = (report: Awaited<ReturnType<typeof healthWith>>, model: string) =>
  report.models.find((state) => state.model === model);

it('is ok when everything answers and every model is loaded', async () => {
  const report = await healthWith(workersWith(everyModel()));
  expect(report).toMatchObject({ status: 'ok', version: '1.2.3' });
  expect(report.dependencies.map(({ name, status }) => [name, status])).toEqual([
    ['redis', 'ok'],
    ['postgres', 'ok'],
    ['workers', 'ok'],
  ]);
  expect(report.models.map(({ loaded, status }) => ({ loaded, status }))).toEqual(
    everyModel().map(() => ({ loaded: true, status: 'ok' })),
  );
});

it('is degraded, not down, when one model is loaded nowhere: the others are served', async () => {
  const report = await healthWith(workersWith(['iris-classifier']));
  expect(report.status).toBe('degraded');
  expect(stateOf(report, 'air-quality-ventilation')).toMatchObject({ loaded: false, status: 'down' });
  expect(stateOf(report, 'iris-classifier')).toMatchObject({ loaded: true, status: 'ok' });
});

it.each(['warning', 'critical'] as const)('is degraded when a monitor finds a model %s', async (status) => {
  const report = await healthWith(workersWith(everyModel()), () => Promise.resolve([reportWith(status)]));
  expect(report.status).toBe('degraded');
  expect(stateOf(report, 'iris-classifier')?.status).toBe('degraded');
  expect(stateOf(report, 'air-quality-ventilation')?.status).toBe('ok');
});

it.each(['no-data', 'insufficient-data', 'ok'] as const)('calls a model well on %s', async (status) => {
  const report = await healthWith(workersWith(everyModel()), () => Promise.resolve([reportWith(status)]));
  expect(report.status).toBe('ok');
});

it('answers while monitors cannot be asked', async () => {
  const report = await healthWith(workersWith(everyModel()), () => Promise.reject(new Error('away')));
  expect(report.status).toBe('ok');
});

it('is down without a worker', async () => {
  const report = await healthWith(workersWith([], 0));
  expect(report.status).toBe('down');
  expect(report.dependencies.find(({ name }) => name === 'workers')?.status).toBe('down');
});

it('is degraded without Postgres, since predictions go on', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'vigie-health-'));
  const closed = await openStore({
    dataDir: elsewhere,
    threadUrl: databaseThreadUrl,
    log: silent,
    now: Date.now,
  });
  await closed.close();
  const report = await createHealth({
    redis: room.redis,
    store: closed,
    registry,
    workers: workersWith(everyModel()),
    reports: () => Promise.resolve([]),
    version: '1.2.3',
  })();
  expect(report.status).toBe('degraded');
  expect(report.dependencies.find(({ name }) => name === 'postgres')?.status).toBe('degraded');
  await rm(elsewhere, { recursive: true, force: true });
});

it('asks a process only for what its roles lean on', async () => {
  const states = await checkDependencies(room.redis, undefined, undefined);
  expect(states).toEqual([{ name: 'redis', status: 'ok', detail: null }]);
});

it('is down without Redis, which carries every prediction', async () => {
  await room.server.kill();
  await eventually(() => !room.redis.ready());
  const report = await healthWith(workersWith(everyModel()));
  expect(report.status).toBe('down');
  expect(report.dependencies.find(({ name }) => name === 'redis')?.status).toBe('down');
});
