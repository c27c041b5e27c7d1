// Pictures: a large one beside its decoder and its network alone, and many at once.
import { execFile } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { predict, upload, type PictureAnswer } from '../pictures/ask-pictures.js';
import { drawMosaic, drawScene } from '../pictures/draw-orchard.js';
import { timeMerge, type MergeTime } from '../pictures/time-merge.js';
import { readUsage } from '../machine/process-tree.js';
import { readPrometheus } from '../machine/read-prometheus.js';
import { startVigie, type Checkout } from '../subjects/start-vigie.js';
import type { BenchRun } from './bench-run.js';

const MODEL = 'orange-tree-detector';
const LARGE = { columns: 8, rows: 6 };
const SMALL_SIDE = 1024;
const MERGED_BOXES = 30_000;
const SETTLE_MS = 10_000;

export interface PicturesResult {
  readonly subject: string;
  /** Medians over the rounds, in ms. */
  readonly large: {
    readonly tiles: number;
    readonly detections: number;
    readonly wholeMs: number;
    readonly decodeMs: number;
    readonly runMs: number;
    /** Median over the rounds of whole / (decode + run). */
    readonly ratio: number;
    readonly tilesPerSecond: number;
    /** Resident memory at most, over what it was at rest, of Vigie's own process. */
    readonly memoryBytes: number;
  };
  readonly many: {
    readonly pictures: number;
    readonly failed: number;
    readonly p50: number;
    readonly p99: number;
    readonly tilesPerSecond: number;
    readonly tilesPerBatch: number;
  };
  readonly merge: MergeTime;
}

export async function pictures(run: BenchRun, checkout: Checkout): Promise<PicturesResult> {
  const { options, place, say } = run;
  const modelsDir = join(place.dir, 'picture-models');
  cpSync(join(checkout.path, 'models', MODEL), join(modelsDir, MODEL), { recursive: true });
  say('drawing a picture of 8000 x 6000 pixels');
  const large = await drawMosaic(LARGE.columns, LARGE.rows);
  const file = join(place.dir, 'large.jpg');
  writeFileSync(file, large);
  const count = options.pictures;
  say(`drawing ${count} pictures of ${SMALL_SIDE} x ${SMALL_SIDE}`);
  const small: Buffer[] = [];
  for (let i = 0; i < count; i += 1) small.push(await drawScene(100 + (i % 10), SMALL_SIDE));

  const vigie = await startVigie({ ...checkout, name: `${checkout.name}-pictures` }, { ...place, modelsDir });
  const pid = vigie.roots[0]?.pid ?? 0;
  // Of what a start takes some is given back.
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const idle = memoryOf(pid);
  const first = await ask(vigie.url, large);
  const rounds: { whole: number; decodeMs: number; runMs: number; most: number; answer: PictureAnswer }[] =
    [];
  for (let round = 0; round < options.rounds; round += 1) {
    say(`a picture of ${first.tiles} tiles, round ${round + 1}`);
    const memory = watchMost(pid);
    const answer = await ask(vigie.url, large);
    const most = memory.stop();
    if (answer.failure !== undefined) throw new Error(`the large picture failed: ${answer.failure}`);
    const bare = await runBare(join(modelsDir, MODEL, '1', 'model.onnx'), file, answer.tiles);
    rounds.push({ whole: answer.ms, ...bare, most, answer });
  }
  say(`${count} pictures at once`);
  const before = await tileBatches(vigie.url);
  const ids = await Promise.all(small.map((jpeg) => upload(vigie.url, jpeg)));
  const startedAt = performance.now();
  const answers = await Promise.all(ids.map((id) => predict(vigie.url, MODEL, id)));
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await tileBatches(vigie.url);
  await vigie.stop();

  const good = answers.filter(({ failure }) => failure === undefined);
  const tiles = good.reduce((sum, answer) => sum + answer.tiles, 0);
  const wholeMs = median(rounds.map(({ whole }) => whole));
  const largeTiles = rounds[0]?.answer.tiles ?? 0;
  return {
    subject: checkout.name,
    large: {
      tiles: largeTiles,
      detections: rounds[0]?.answer.detections ?? 0,
      wholeMs,
      decodeMs: median(rounds.map(({ decodeMs }) => decodeMs)),
      runMs: median(rounds.map(({ runMs }) => runMs)),
      ratio: median(rounds.map(({ whole, decodeMs, runMs }) => whole / (decodeMs + runMs))),
      tilesPerSecond: largeTiles / (wholeMs / 1000),
      memoryBytes: Math.max(...rounds.map(({ most }) => most)) - idle,
    },
    many: {
      pictures: count,
      failed: answers.length - good.length,
      p50: quantile(
        good.map(({ ms }) => ms),
        0.5,
      ),
      p99: quantile(
        good.map(({ ms }) => ms),
        0.99,
      ),
      tilesPerSecond: tiles / seconds,
      tilesPerBatch: (after.tiles - before.tiles) / (after.batches - before.batches),
    },
    merge: await timeMerge(MERGED_BOXES, checkout.path),
  };
}

async function ask(url: string, jpeg: Uint8Array): Promise<PictureAnswer> {
  return await predict(url, MODEL, await upload(url, jpeg));
}

/** One session on all cores, as one would write it. */
async function runBare(model: string, picture: string, tiles: number) {
  const program = join(import.meta.dirname, '..', 'pictures', 'bare-program.ts');
  const args = ['--import', 'tsx', program, model, picture, String(tiles), String(availableParallelism())];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as { readonly decodeMs: number; readonly runMs: number };
}

function memoryOf(pid: number): number {
  return readUsage([{ label: 'vigie', pid }]).get('vigie')?.residentBytes ?? NaN;
}

/** The most that a process has had, looked at ten times a second. */
function watchMost(pid: number): { stop(): number } {
  let most = memoryOf(pid);
  const timer = setInterval(() => (most = Math.max(most, memoryOf(pid))), 100);
  return {
    stop() {
      clearInterval(timer);
      return most;
    },
  };
}

async function tileBatches(url: string) {
  const metrics = await readPrometheus(url);
  const sum = (name: string) =>
    [...metrics].reduce((total, [key, value]) => total + (key.startsWith(`${name}{`) ? value : 0), 0);
  return { tiles: sum('vigie_tile_batch_size_sum'), batches: sum('vigie_tile_batch_size_count') };
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
