// How long the recorder and the monitors take to read a stream to its end.
import { setTimeout as delay } from 'node:timers/promises';
import type { GroupWatch } from '../machine/read-groups.js';

const GROUPS = ['recorder', 'monitors'] as const;
const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 600_000;

/** In ms from the first entry that any of them took; rejects when they do not come to the end. */
export async function timeGroups(groups: GroupWatch): Promise<Record<(typeof GROUPS)[number], number>> {
  const done = new Map<string, number>();
  const giveUpAt = performance.now() + PATIENCE_MS;
  let startedAt: number | undefined;
  while (performance.now() < giveUpAt) {
    const states = await groups.states();
    const now = performance.now();
    if ([...states.values()].some((state) => state !== 'untouched')) startedAt ??= now;
    for (const name of GROUPS) if (states.get(name) === 'done' && !done.has(name)) done.set(name, now);
    const [recorder, monitors] = GROUPS.map((name) => done.get(name));
    if (recorder !== undefined && monitors !== undefined && startedAt !== undefined)
      return { recorder: recorder - startedAt, monitors: monitors - startedAt };
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`the stream was not read within ${PATIENCE_MS / 1000} s`);
}
