// Compares a single `predict` on Vigie, everything on, with the baseline, alone and at 64 connections; prints the conditions.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { startServer } from './server-process.js';

const ROUNDS = 5;
const SECONDS = 4;
const CONNECTIONS = [1, 64];
const features = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const query =
  'mutation ($input: PredictInput!) { predict(input: $input) { label confidence probabilities { label probability } } }';

interface Subject {
  readonly name: string;
  readonly url: string;
  readonly body: string;
}
type Figures = Readonly<Record<'p50' | 'p99' | 'perSecond', number>>;

async function measure({ name, url, body }: Subject, connections: number): Promise<Figures> {
  const { latency, requests, errors, non2xx } = await autocannon({
    url,
    connections,
    duration: SECONDS,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    // A process of its own would be cleaner; a worker thread keeps the load off this one's event loop.
    workers: 1,
  });
  if (errors + non2xx > 0) throw new Error(`${name} failed ${errors + non2xx} requests`);
  return { p50: latency.p50, p99: latency.p99, perSecond: requests.average };
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const medians = (runs: readonly Figures[]): Figures => ({
  p50: median(runs.map((run) => run.p50)),
  p99: median(runs.map((run) => run.p99)),
  perSecond: median(runs.map((run) => run.perSecond)),
});
const row = (cells: readonly (string | number)[]) =>
  cells.map((cell, i) => (i === 0 ? String(cell).padEnd(12) : String(cell).padStart(14))).join('');

const dataDir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
const quiet = { NODE_ENV: 'production', PORT: '0', LOG_LEVEL: 'info' };
const vigie = await startServer(['dist/main.js'], { ...quiet, DATA_DIR: dataDir });
const baseline = await startServer(['--import', 'tsx', 'bench/baseline-server.ts'], quiet);
try {
  const subjects: readonly Subject[] = [
    { name: 'baseline', url: `${baseline.url}/predict`, body: JSON.stringify(features) },
    {
      name: 'vigie',
      url: `${vigie.url}/graphql`,
      body: JSON.stringify({ query, variables: { input: { model: 'iris-classifier', features } } }),
    },
  ];
  console.log(
    `iris-classifier, ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), Node ${process.version}`,
  );
  console.log(
    `medians of ${ROUNDS} rounds of ${SECONDS} s, interleaved; latency in whole ms; load from the same machine`,
  );
  for (const subject of subjects) await measure(subject, 8);
  for (const connections of CONNECTIONS) {
    const runs = new Map(subjects.map(({ name }) => [name, [] as Figures[]]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const subject of subjects) runs.get(subject.name)?.push(await measure(subject, connections));
    }
    console.log(`\n${row([`${connections} conn.`, 'p50 ms', 'p99 ms', 'requests/s'])}`);
    const results = subjects.map(({ name }) => ({ name, ...medians(runs.get(name) ?? []) }));
    for (const { name, p50, p99, perSecond } of results)
      console.log(row([name, p50, p99, Math.round(perSecond)]));
    const [reference, measured] = results;
    const ratio = (measured?.perSecond ?? NaN) / (reference?.perSecond ?? NaN);
    console.log(row(['ratio', '', '', ratio.toFixed(3)]));
  }
} finally {
  await Promise.all([vigie.stop(), baseline.stop()]);
  rmSync(dataDir, { recursive: true, force: true });
}
