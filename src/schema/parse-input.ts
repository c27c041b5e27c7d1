// The edge where an argument becomes a checked value or an INVALID_INPUT that names every problem.
import type { z } from 'zod';
import { AppError } from '../errors.js';

const MAX_ISSUES = 20;

/** Parses `value`; throws INVALID_INPUT with at most 20 issues whose paths start at `at` when it breaks a rule. */
export function parseInput<T extends z.ZodType>(rules: T, value: unknown, at = ''): z.output<T> {
  const parsed = rules.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, MAX_ISSUES).map((issue) => ({
    path: pathOf(at, issue.path),
    message: issue.message,
  }));
  throw new AppError('INVALID_INPUT', undefined, { details: { issues } });
}

/** `instances`, 3, `petal_width` becomes `instances[3].petal_width`. */
function pathOf(at: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, at);
}
