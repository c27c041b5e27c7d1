// What can be said on the command line.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Checkout } from './subjects/start-vigie.js';
import type { SubjectKind } from './subjects/subject.js';

export const SCENARIOS = [
  'single',
  'batch',
  'models',
  'open',
  'overload',
  'saturated',
  'soak',
  'replay',
  'monitors',
  'pictures',
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];
const MAIN: readonly ScenarioName[] = ['single', 'batch', 'models', 'open'];
const KINDS = ['limit', 'in-process', 'vigie', 'vigie-split'] as const satisfies readonly SubjectKind[];

export interface BenchOptions {
  readonly only: readonly ScenarioName[];
  readonly subjects: readonly SubjectKind[];
  readonly checkouts: readonly Checkout[];
  readonly rounds: number;
  /** Of each measurement. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly overloadSeconds: number;
  readonly soakSeconds: number;
  readonly replayBatches: number;
  readonly monitorPredictions: number;
  /** At once. */
  readonly pictures: number;
  readonly json: string | undefined;
}

export const USAGE = `npm run bench -- [options]
  --only a,b          of ${SCENARIOS.join(', ')}; default ${MAIN.join(',')}
  --subjects a,b      of ${KINDS.join(', ')}; default all
  --vigie name=path   a built checkout to measure; may be given several times; default vigie=.
  --gpu provider      beside them vigie-gpu, this checkout on an execution provider: webgpu or cuda
  --rounds n          measurements of each subject in each case, default 5
  --seconds s         of each measurement, default 1.5
  --overload-seconds, --soak-seconds, --replay-batches, --monitor-predictions, --pictures
  --quick             one short round of everything: does it work, not how fast is it
  --json file         everything measured, as JSON`;

/** Throws with what is wrong. */
export function readOptions(args: readonly string[], here: string): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      subjects: { type: 'string' },
      vigie: { type: 'string', multiple: true },
      gpu: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'overload-seconds': { type: 'string' },
      'soak-seconds': { type: 'string' },
      'replay-batches': { type: 'string' },
      'monitor-predictions': { type: 'string' },
      pictures: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const { quick } = values;
  const number = (
    name:
      | 'rounds'
      | 'seconds'
      | 'overload-seconds'
      | 'soak-seconds'
      | 'replay-batches'
      | 'monitor-predictions'
      | 'pictures',
    full: number,
    short: number,
  ) => {
    const value = Number(values[name] ?? (quick ? short : full));
    if (!(value > 0)) throw new Error(`--${name} is not a number above 0`);
    return value;
  };
  return {
    only: values.only === undefined ? MAIN : pick('--only', values.only, SCENARIOS),
    subjects: values.subjects === undefined ? KINDS : pick('--subjects', values.subjects, KINDS),
    checkouts: [
      ...(values.vigie ?? ['vigie=.']).map((text) => toCheckout(text, here)),
      ...(values.gpu === undefined
        ? []
        : [{ name: 'vigie-gpu', path: here, providers: `${values.gpu},cpu` }]),
    ],
    rounds: Math.ceil(number('rounds', 5, 1)),
    seconds: number('seconds', 1.5, 1),
    warmUpSeconds: quick ? 0.3 : 1,
    overloadSeconds: number('overload-seconds', 60, 5),
    soakSeconds: number('soak-seconds', 600, 20),
    replayBatches: Math.ceil(number('replay-batches', 20_000, 500)),
    monitorPredictions: Math.ceil(number('monitor-predictions', 10_000_000, 200_000)),
    pictures: Math.ceil(number('pictures', 50, 4)),
    json: values.json,
  };
}

function pick<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name.trim());
    if (found === undefined) throw new Error(`${option}: "${name}" is none of ${known.join(', ')}`);
    return found;
  });
}

function toCheckout(text: string, here: string): Checkout {
  const [, name, path] = /^([a-z0-9][a-z0-9-]{0,30})=(.+)$/.exec(text) ?? [];
  if (name === undefined || path === undefined) throw new Error(`--vigie: "${text}" is not name=path`);
  if (name === 'limit' || name === 'in-process') throw new Error(`--vigie: "${name}" is a baseline`);
  return { name, path: resolve(here, path) };
}
