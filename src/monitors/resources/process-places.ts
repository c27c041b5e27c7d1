// Gives each process of a machine a name that outlives it: its roles, numbered where several do the same.
import { z } from 'zod';

const stateSchema = z.strictObject({
  id: z.string(),
  host: z.string(),
  roles: z.string(),
  place: z.int().positive(),
  lastAt: z.number(),
});

/** A process where it stands; `lastAt` in epoch ms by the clock of its machine. */
export type PlacedProcess = Readonly<z.infer<typeof stateSchema>>;

/** Reads one that was saved; throws on anything else. */
export function readPlaced(state: unknown): PlacedProcess {
  return stateSchema.parse(state);
}

/** `worker`, and `worker-2` for the second of its machine. */
export function nameOf({ roles, place }: Pick<PlacedProcess, 'roles' | 'place'>): string {
  return place === 1 ? roles : `${roles}-${place}`;
}

/**
 * Places a process that was not known among those of its machine and roles: it takes the first place that is free, and
 * those in `left` have been silent for longer than `goneMs`, so that their places are free too.
 */
export function placeProcess(
  { id, host, roles, at }: { id: string; host: string; roles: string; at: number },
  others: Iterable<PlacedProcess>,
  goneMs: number,
): { readonly placed: PlacedProcess; readonly left: readonly string[] } {
  const alike = [...others].filter((other) => other.host === host && other.roles === roles);
  // By the clock of the same machine alone: others may go wrong.
  const left = alike.filter(({ lastAt }) => at - lastAt > goneMs).map((other) => other.id);
  const taken = alike.filter((other) => !left.includes(other.id)).map(({ place }) => place);
  let place = 1;
  while (taken.includes(place)) place += 1;
  return { placed: { id, host, roles, place, lastAt: at }, left };
}
