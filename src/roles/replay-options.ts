// Reads the options of `npm run replay`.
import { parseArgs } from 'node:util';
import { z } from 'zod';

const WHOLE = 'must be a whole number above 0';
const SECONDS = 'must be a number of seconds, above 0 and at most a day';

const optionsSchema = z
  .strictObject({
    model: z.string('is needed: the name of a model, as in --model iris-classifier').min(1),
    version: z.coerce.number(WHOLE).int(WHOLE).positive(WHOLE).optional(),
    from: moment().optional(),
    to: moment().optional(),
    every: z.coerce.number(SECONDS).positive(SECONDS).max(86_400, SECONDS).default(5),
  })
  .refine(({ from = 0, to = Infinity }) => !(from > to), {
    path: ['to'],
    message: 'must not lie before --from',
  });

/** Which part of the log is replayed; times in epoch ms, `every` in seconds. */
export type ReplayOptions = Readonly<z.output<typeof optionsSchema>>;

/** Throws one Error that names every option that is wrong. */
export function parseReplayOptions(args: readonly string[]): ReplayOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { model: text, version: text, from: text, to: text, every: text },
    allowPositionals: false,
  });
  const parsed = optionsSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new Error(
    parsed.error.issues.map((issue) => `--${issue.path.join('.')} ${issue.message}`).join('\n'),
  );
}

function moment() {
  return z.iso
    .datetime({ offset: true, error: 'must be a time, as in 2026-03-01T00:00:00Z' })
    .transform((text) => Date.parse(text));
}
