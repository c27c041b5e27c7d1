// A models folder of its own with a tiny model, whose versions and production a test changes while a registry follows it.
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createMetrics } from '../../src/metrics.js';
import { loadRegistry } from '../../src/registry/load-registry.js';
import type { LiveRegistry } from '../../src/registry/registry.js';
import { mixedGraph, mixedManifest, writeVersion } from './tiny-model.js';

export interface ModelsFolder {
  readonly registry: LiveRegistry;
  /** Puts a version of the model `mixed` there, as a whole. */
  add(version: number): Promise<void>;
  remove(version: number): Promise<void>;
  /** Names the version in production; undefined for the highest. */
  setProduction(version: number | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Starts with version 1, followed every few milliseconds. */
export async function openModelsFolder({ reloadMs = 10 } = {}): Promise<ModelsFolder> {
  const modelsDir = await mkdtemp(join(tmpdir(), 'vigie-models-'));
  const folder = join(modelsDir, 'mixed');
  const add = async (version: number) => {
    const staging = join(modelsDir, `staging-${version}`);
    await writeVersion(staging, { ...mixedGraph, name: `mixed ${version}` });
    await rename(staging, join(folder, String(version)));
  };
  const setProduction = async (production: number | undefined) => {
    const staging = join(modelsDir, 'model.json');
    await writeFile(staging, JSON.stringify({ ...mixedManifest, production }));
    await rename(staging, join(folder, 'model.json'));
  };
  await mkdir(folder);
  await setProduction(undefined);
  await add(1);
  const registry = await loadRegistry({
    modelsDir,
    reloadMs,
    metrics: createMetrics(),
    log: pino({ level: 'silent' }),
  });
  return {
    registry,
    add,
    remove: (version) => rm(join(folder, String(version)), { recursive: true }),
    setProduction,
    close: async () => {
      await registry.stop();
      await rm(modelsDir, { recursive: true });
    },
  };
}
