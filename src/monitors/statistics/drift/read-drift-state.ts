// Reads the state of a drift watch back from plain JSON.
import { z } from 'zod';

const numbers = z.array(z.number());
const time = z.number().nullable();

const cellsSchema = z.object({
  span: z.object({ from: time, to: time, n: z.number() }),
  cells: z.array(numbers),
});
const trailSchema = z.object({
  windows: z.number(),
  table: numbers,
  below: z.number(),
  above: z.number(),
  cells: numbers,
  deviations: z.number(),
  squares: z.number(),
});
const stateSchema = z.object({
  columns: z.array(z.string()),
  /** Without `begun` as older versions wrote it. */
  filling: cellsSchema.extend({ begun: time.optional() }),
  judged: cellsSchema.extend({ before: z.array(trailSchema) }).nullable(),
});

/** A state as written, whether it fits the columns is for their sketches to say; throws on anything that is none. */
export function readDriftState(state: unknown): z.infer<typeof stateSchema> {
  return stateSchema.parse(state);
}
