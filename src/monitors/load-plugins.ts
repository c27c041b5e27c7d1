// Loads outside monitors by package name or path and checks that what they export is a monitor.
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { builtInMonitors } from './built-in.js';
import type { MonitorDefinition } from './monitor.js';

/**
 * The definitions that `specifiers` export (as default, or by the name `monitor`), in order; paths start with `.` or
 * `/` and count from `cwd`, other specifiers are packages. Throws, naming every specifier at fault, when one cannot be
 * loaded, is not a monitor, or has the name of another monitor.
 */
export async function loadPlugins(specifiers: readonly string[], cwd: string): Promise<MonitorDefinition[]> {
  const loaded = await Promise.allSettled(specifiers.map((specifier) => loadPlugin(specifier, cwd)));
  const problems: string[] = [];
  const taken = new Map(builtInMonitors.map(({ name }) => [name, 'a built-in monitor']));
  const definitions: MonitorDefinition[] = [];
  for (const [i, result] of loaded.entries()) {
    const specifier = specifiers[i] ?? '';
    if (result.status === 'rejected') {
      problems.push(`"${specifier}" ${messageOf(result.reason)}`);
      continue;
    }
    const { name } = result.value;
    const owner = taken.get(name);
    if (owner !== undefined) problems.push(`"${specifier}" is named "${name}", as is ${owner}`);
    taken.set(name, `"${specifier}"`);
    definitions.push(result.value);
  }
  if (problems.length > 0)
    throw new Error(`MONITOR_PLUGINS cannot be loaded:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
  return definitions;
}

const identifier = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be in snake_case');

const definitionShape = z.object({
  name: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be in kebab-case'),
  title: z.string().min(1),
  summary: z.string().min(1),
  tasks: z.array(z.enum(['classification', 'regression', 'detection', 'system'])).min(1),
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

async function loadPlugin(specifier: string, cwd: string): Promise<MonitorDefinition> {
  const module = await importFrom(specifier, cwd);
  const exported = module['default'] ?? module['monitor'];
  if (exported === undefined)
    throw new Error('exports no monitor: neither a default nor one named "monitor"');
  const parsed = definitionShape.safeParse(exported);
  if (!parsed.success)
    throw new Error(
      `does not export a monitor: ${parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; ')}`,
    );
  if (!parsed.data.settings.safeParse({}).success)
    throw new Error(`exports the monitor "${parsed.data.name}", whose settings do not all have a default`);
  // The exported object itself, not the parsed copy: its methods may use `this`.
  return exported as MonitorDefinition;
}

async function importFrom(specifier: string, cwd: string): Promise<Record<string, unknown>> {
  const isPath = specifier.startsWith('.') || isAbsolute(specifier);
  const target = isPath ? resolve(cwd, specifier) : locatePackage(specifier, cwd);
  try {
    return (await import(isAbsolute(target) ? pathToFileURL(target).href : target)) as Record<
      string,
      unknown
    >;
  } catch (error) {
    const hint = isPath ? '' : ' (a path starts with "./" or "/")';
    throw new Error(`cannot be loaded${hint}: ${messageOf(error)}`, { cause: error });
  }
}

function locatePackage(specifier: string, cwd: string): string {
  try {
    return createRequire(join(cwd, 'package.json')).resolve(specifier);
  } catch {
    // A package for `import` alone cannot be found that way; the bare name still can, beside Vigie itself.
    return specifier;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
