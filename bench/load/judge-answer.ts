// Says what became of a request from the status and body of its answer.
import { z } from 'zod';
import { OK } from './plan.js';

// A filled list of errors, of the whole request or of single rows of a batch.
const ERRORS = '"errors":[{';

const itemErrorsSchema = z.object({ errors: z.array(z.object({ code: z.string() })).min(1) });
const answerSchema = z.object({
  errors: z.array(z.object({ extensions: z.object({ code: z.string() }).optional() })).optional(),
  data: z.record(z.string(), z.unknown()).nullish(),
});

/** How one request ended and how many of its rows came back good. */
export interface Judgement {
  readonly code: string;
  readonly rows: number;
}

/** A judge for requests of so many rows. Only an answer that tells of errors is parsed; `body` is the bytes as they came. */
export function createAnswerJudge(rowsPerRequest: number): (status: number, body: Buffer) => Judgement {
  const good: Judgement = { code: OK, rows: rowsPerRequest };
  return (status, body) =>
    status === 200 && body.indexOf(ERRORS) === -1 ? good : judgeBad(status, body, rowsPerRequest);
}

function judgeBad(status: number, body: Buffer, rowsPerRequest: number): Judgement {
  const other = status === 200 ? 'ERROR' : `HTTP_${status}`;
  const parsed = answerSchema.safeParse(parseJson(body));
  if (!parsed.success) return { code: other, rows: 0 };
  const [whole] = parsed.data.errors ?? [];
  if (whole !== undefined) return { code: whole.extensions?.code ?? other, rows: 0 };
  for (const field of Object.values(parsed.data.data ?? {})) {
    const items = itemErrorsSchema.safeParse(field);
    if (items.success) {
      const { errors } = items.data;
      return { code: errors[0]?.code ?? other, rows: Math.max(0, rowsPerRequest - errors.length) };
    }
  }
  return { code: other, rows: 0 };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
