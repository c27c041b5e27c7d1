// Inference as a test uses it: real threads on tiny models in a folder of its own, closed after each test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createInference, type InferenceOptions } from '../../src/inference/create-inference.js';
import type { Inference, InferenceModel } from '../../src/inference/inference.js';
import type { ModelManifest } from '../../src/manifest/model-manifest.js';
import { createMetrics, type Metrics } from '../../src/metrics.js';
import type { Graph } from '../../src/onnx/write-model.js';
import { sessionThreadUrl } from './session-thread-url.js';
import { manifestOf, mixedGraph, mixedManifest, writeVersion } from './tiny-model.js';

export interface InferenceRoom {
  /** What was logged in this test, one parsed line each. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** Two threads and as much memory as they like, unless `options` say otherwise. */
  start(options?: Partial<InferenceOptions>): Promise<Inference>;
  modelOf(manifest: ModelManifest, graph: Graph, version?: number): Promise<InferenceModel>;
  /** The model of `mixedGraph`. */
  mixed(): Promise<InferenceModel>;
  /** A path in the folder that nobody has used. */
  newPath(): string;
}

/** To be called at the top of a test file. */
export function useInferenceRoom(): InferenceRoom {
  const open: Inference[] = [];
  const logged: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => logged.push(JSON.parse(line) as Record<string, unknown>) });
  let dir = '';
  let paths = 0;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vigie-inference-'));
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((inference) => inference.close()));
    logged.length = 0;
  });
  afterAll(() => rm(dir, { recursive: true }));

  const newPath = () => join(dir, String(paths++));
  const modelOf: InferenceRoom['modelOf'] = async (manifest, graph, version = 1) => ({
    manifest,
    version,
    ...(await writeVersion(newPath(), graph)),
  });
  return {
    logged,
    newPath,
    modelOf,
    mixed: () => modelOf(manifestOf(mixedManifest), mixedGraph),
    async start(options = {}) {
      const metrics = createMetrics();
      const settings = { threads: 2, memoryBytes: 2 ** 40, log, metrics, threadUrl: sessionThreadUrl };
      const inference = await createInference({ ...settings, ...options });
      open.push(inference);
      return inference;
    },
  };
}

/** The value of a metric, that of one label where one is named. */
export async function valueOf(
  metric: Metrics['providerFallbacks'] | Metrics['inferenceSessions'],
  label?: string,
): Promise<number | undefined> {
  const { values } = await metric.get();
  return values.find(({ labels }) => label === undefined || Object.values(labels).includes(label))?.value;
}
