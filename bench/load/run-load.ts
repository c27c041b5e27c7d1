// Runs one plan of load in this process and answers what became of every request.
import { setTimeout as delay } from 'node:timers/promises';
import { createHistogram } from './histogram.js';
import { createAnswerJudge } from './judge-answer.js';
import type { LoadPlan, LoadResult } from './plan.js';
import { prepareRequests } from './prepare-requests.js';
import { startClosedLoop } from './closed-loop.js';
import { startOpenLoop } from './open-loop.js';
import { createTally } from './tally.js';

const LOOK_EVERY_MS = 5;
// An idle server takes a connection in well under a millisecond.
const OPENING_MS = 2;

/** Resolves when every request is answered or `patienceMs` have passed; never rejects for what a server does. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const { pattern, seconds, warmUpSeconds } = plan;
  const target = prepareRequests(plan.url, plan.bodies);
  const begin = performance.now() + (pattern.kind === 'open' ? (pattern.openFirst ?? 0) * OPENING_MS : 0);
  const clock = { from: begin + warmUpSeconds * 1000, to: begin + (warmUpSeconds + seconds) * 1000 };
  const tally = createTally(pattern.kind, clock);
  const sendLag = createHistogram();
  const judge = createAnswerJudge(plan.rowsPerRequest);
  const parts = { ...target, begin, clock, tally, judge, sendLag };
  const loop = pattern.kind === 'closed' ? startClosedLoop(pattern, parts) : startOpenLoop(pattern, parts);

  await delay(clock.from - performance.now());
  const cpuBefore = process.cpuUsage();
  await delay(clock.to - performance.now());
  const cpu = process.cpuUsage(cpuBefore);
  loop.end();
  const giveUpAt = clock.to + plan.patienceMs;
  while (loop.underWay() > 0 && performance.now() < giveUpAt) await delay(LOOK_EVERY_MS);
  for (const startedAt of loop.waiting())
    tally.count(
      { code: 'NO_ANSWER', rows: 0 },
      startedAt,
      pattern.kind === 'closed' ? clock.to - 1 : giveUpAt,
    );
  loop.close();
  return {
    seconds,
    ...tally.read(),
    connections: loop.connections(),
    unsent: loop.unsent(),
    sendLag: sendLag.summary(),
    cpuShare: (cpu.user + cpu.system) / 1e6 / seconds,
  };
}
