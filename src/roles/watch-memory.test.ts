// When a worker that has grown ends itself, and when it must not.
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { memoryLimits } from './memory-limits.js';
import { watchMemory } from './watch-memory.js';

const MIB = 1024 * 1024;
const said: string[] = [];
const log = pino({}, { write: (line: string) => said.push((JSON.parse(line) as { msg: string }).msg) });
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  said.length = 0;
});

/** Watches a process that grows on command; `turns` are the answers to its wish to leave. */
function watch({ limitMb, turns = [true] }: { limitMb: number; turns?: (boolean | Error)[] | undefined }) {
  const state = { rss: 100 * MIB, asked: 0, looks: 0 };
  const { stop } = watchMemory({
    limitBytes: limitMb * MIB,
    rss: () => {
      state.looks++;
      return state.rss;
    },
    leave: () => {
      const turn = turns[state.asked++] ?? false;
      return turn instanceof Error ? Promise.reject(turn) : Promise.resolve(turn);
    },
    log,
    everyMs: 1,
  });
  stops.push(stop);
  const looked = async (times: number) => {
    const until = state.looks + times;
    await eventually(() => state.looks >= until);
  };
  return { state, looked };
}

describe('a memory watch', () => {
  it('asks to leave once the limit is passed, and once only', async () => {
    const { state, looked } = watch({ limitMb: 200 });
    state.rss = 199 * MIB;
    await looked(5);
    expect(state.asked).toBe(0);
    state.rss = 200 * MIB;
    await eventually(() => state.asked === 1);
    await looked(5);
    expect(state.asked).toBe(1);
  });

  it('asks again when it was not its turn, or nobody could be asked', async () => {
    const { state } = watch({ limitMb: 200, turns: [false, new Error('Redis is away'), true] });
    state.rss = 300 * MIB;
    await eventually(() => state.asked === 3);
    await eventually(() => said.includes('this worker is large and ends, to be started anew'));
  });

  it('does not start a worker anew for ever because its models alone pass the limit', async () => {
    const { state, looked } = watch({ limitMb: 16 });
    expect(said).toEqual(['WORKER_MEMORY_MB is too near to what the models take']);
    await looked(5);
    expect(state.asked).toBe(0);
    state.rss = 150 * MIB;
    await eventually(() => state.asked === 1);
  });

  it('says once that a process that does more than work is large, which stays', async () => {
    let rss = MIB;
    let looks = 0;
    const look = () => {
      looks++;
      return rss;
    };
    stops.push(watchMemory({ limitBytes: 2 * MIB, rss: look, leave: undefined, log, everyMs: 1 }).stop);
    rss = 4 * MIB;
    await eventually(() => looks > 10);
    expect(said).toEqual(['this process is large and stays, as it does more than work; restart it']);
  });
});

describe('memory limits', () => {
  it('are shares of what there is, where the settings say nothing', () => {
    const unset = { memoryMb: undefined, workerMemoryMb: undefined };
    expect(memoryLimits(unset, 1000)).toEqual({ sessionBytes: 500, workerBytes: 800 });
    expect(memoryLimits(unset).sessionBytes).toBeGreaterThan(16 * MIB);
  });

  it('are what the settings say', () => {
    expect(memoryLimits({ memoryMb: 20, workerMemoryMb: 30 })).toEqual({
      sessionBytes: 20 * MIB,
      workerBytes: 30 * MIB,
    });
  });
});
