// Reads the options of `npm run simulate`.
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { parseDrifts } from './drift.js';

const number = z
  .string()
  .trim()
  .min(1, 'is missing its number')
  .pipe(z.coerce.number<string>('must be a number'));

const optionsSchema = z.strictObject({
  model: z
    .string('is needed: the name of a model, as in --model iris-classifier')
    .regex(/^[a-z0-9][a-z0-9-]*$/, {
      error: 'must be the name of a model, as in iris-classifier',
    }),
  /** Predictions a second. */
  rate: number.pipe(z.number().positive('must be above 0').max(10_000, 'must be at most 10000')).default(50),
  seconds: number
    .pipe(z.number().positive('must be above 0').max(86_400, 'must be at most 86400'))
    .default(60),
  drift: z
    .string()
    .default('')
    .transform((text, context) => {
      try {
        return parseDrifts(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
        return z.NEVER;
      }
    }),
  /** Share of the predictions whose true label is submitted. */
  feedback: number.pipe(z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1')).default(0),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an address, as in http://127.0.0.1:4000' })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('http://127.0.0.1:4000'),
  seed: number.pipe(z.int('must be a whole number')).default(1),
});

export type SimulateOptions = Readonly<z.output<typeof optionsSchema>>;

/** Throws one Error that names every option that is wrong. */
export function parseSimulateOptions(args: readonly string[]): SimulateOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.keys(optionsSchema.shape).map((name) => [name, text])),
    allowPositionals: false,
  });
  const parsed = optionsSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `--${issue.path.join('.')} ${issue.message}`);
  throw new Error(problems.join('\n'));
}
