// How long two tests take on two samples of 100,000 values, beside scipy where there is one.
import { execFile } from 'node:child_process';
import { createRandom } from '../../src/training/random.js';
import { loadStatistics } from '../drift/statistics.js';

const ROWS = 100_000;
const REPEATS = 7;
const SCIPY = `
import time, numpy as np
from scipy import stats
rng = np.random.default_rng(1)
a, b = rng.normal(size=${ROWS}), rng.normal(size=${ROWS})
def best(f):
    times = []
    for _ in range(${REPEATS}):
        t = time.perf_counter(); f(); times.append(time.perf_counter() - t)
    return 1000 * sorted(times)[${REPEATS >> 1}]
def chi():
    edges = np.quantile(a, np.arange(1, 10) / 10)
    stats.chi2_contingency([np.bincount(np.searchsorted(edges, x), minlength=10) for x in (a, b)])
print(best(lambda: stats.ks_2samp(a, b)), best(chi))
`;

/** The median of seven, in milliseconds; scipy's is undefined where it cannot be run. */
export interface TestTime {
  readonly test: string;
  readonly oursMs: number;
  readonly scipyMs: number | undefined;
}

/** Of this checkout's compiled statistics. */
export async function timeTests(): Promise<readonly TestTime[]> {
  const statistics = await loadStatistics();
  const random = createRandom(1);
  const [a, b] = [0, 1].map(() => new Float64Array(ROWS).map(() => random.normal()));
  if (a === undefined || b === undefined) return [];
  const scipy = await scipyTimes();
  return [
    {
      test: 'Kolmogorov-Smirnov',
      oursMs: median(() => statistics.kolmogorovSmirnov(a, b)),
      scipyMs: scipy[0],
    },
    {
      test: 'chi-square on deciles',
      oursMs: median(() => {
        const edges = statistics.decileEdges(a.toSorted());
        statistics.chiSquareHomogeneity(statistics.countInto(edges, a), statistics.countInto(edges, b));
      }),
      scipyMs: scipy[1],
    },
  ];
}

function median(work: () => unknown): number {
  const times = Array.from({ length: REPEATS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((x, y) => x - y)[REPEATS >> 1] ?? 0;
}

function scipyTimes(): Promise<readonly number[]> {
  return new Promise((resolve) => {
    execFile('python3', ['-c', SCIPY], (error, stdout) => {
      resolve(error === null ? stdout.trim().split(' ').map(Number) : []);
    });
  });
}
