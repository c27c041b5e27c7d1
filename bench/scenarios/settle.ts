// Waits until a subject has done what it put off.
import { setTimeout as delay } from 'node:timers/promises';
import { readUsage, type Root } from '../machine/process-tree.js';

const LOOK_EVERY_MS = 200;
// A Vigie at rest takes about two hundredths of a core.
const AT_REST = 0.1;
const LOOKS_AT_REST = 2;

/** Resolves with how long its processes were still at work, in ms; at most `patienceMs`. */
export async function settle(roots: readonly Root[], patienceMs: number): Promise<number> {
  const cpu = () => [...readUsage(roots).values()].reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const startedAt = performance.now();
  let lastBusyAt = startedAt;
  let before = { at: startedAt, seconds: cpu() };
  let atRest = 0;
  while (atRest < LOOKS_AT_REST && performance.now() - startedAt < patienceMs) {
    await delay(LOOK_EVERY_MS);
    const now = { at: performance.now(), seconds: cpu() };
    const share = (now.seconds - before.seconds) / ((now.at - before.at) / 1000);
    atRest = share < AT_REST ? atRest + 1 : 0;
    if (atRest === 0) lastBusyAt = now.at;
    before = now;
  }
  return lastBusyAt - startedAt;
}
