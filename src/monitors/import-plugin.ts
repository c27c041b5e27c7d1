// Imports an outside monitor and checks that what its module exports is one.
import { z } from 'zod';
import type { MonitorDefinition } from './monitor.js';

/**
 * The definition that the module at `address` (a URL, or a package name) exports as default or by the name `monitor`.
 * Throws, saying what is wrong, when there is none or it is not a monitor's; what the module itself throws passes.
 */
export async function importPlugin(address: string): Promise<MonitorDefinition> {
  const module = (await import(address)) as Record<string, unknown>;
  const exported = module['default'] ?? module['monitor'];
  if (exported === undefined)
    throw new NotAMonitor('exports no monitor: neither a default nor one named "monitor"');
  const parsed = definitionShape.safeParse(exported);
  if (!parsed.success)
    throw new NotAMonitor(
      `does not export a monitor: ${parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; ')}`,
    );
  if (!parsed.data.settings.safeParse({}).success)
    throw new NotAMonitor(
      `exports the monitor "${parsed.data.name}", whose settings do not all have a default`,
    );
  // The exported object itself, not the parsed copy: its methods may use `this`.
  return exported as MonitorDefinition;
}

/** A module that was loaded and does not export what it should. */
export class NotAMonitor extends Error {}

const identifier = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be in snake_case');

const definitionShape = z.object({
  name: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be in kebab-case'),
  title: z.string().min(1),
  summary: z.string().min(1),
  tasks: z.array(z.enum(['classification', 'regression', 'detection', 'system'])).min(1),
  featureTypes: z
    .array(z.enum(['number', 'integer', 'category', 'boolean', 'text', 'image']))
    .min(1)
    .optional(),
  inputs: z.array(z.enum(['prediction', 'feedback', 'resource'])).min(1),
  // Not instanceof: a plugin may bring its own copy of zod.
  settings: z.custom<MonitorDefinition['settings']>(
    (value) => value instanceof Object && 'safeParse' in value && typeof value.safeParse === 'function',
    'must be a zod schema',
  ),
  metrics: z.array(
    z.object({
      name: identifier,
      unit: z.string().nullable(),
      help: z.string().min(1),
      labels: z.array(identifier),
    }),
  ),
  create: z.custom<MonitorDefinition['create']>((value) => typeof value === 'function', 'must be a function'),
});
