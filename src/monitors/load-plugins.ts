// Loads outside monitors by package name or path and checks that what they export is a monitor.
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtInMonitors } from './built-in.js';
import { importPlugin, NotAMonitor } from './import-plugin.js';
import type { MonitorDefinition } from './monitor.js';

/** An outside monitor, and what `import` finds it by in any thread. */
export interface OutsidePlugin {
  readonly definition: MonitorDefinition;
  readonly address: string;
}

/**
 * The monitors that `specifiers` export (as default, or by the name `monitor`), in order; paths start with `.` or
 * `/` and count from `cwd`, other specifiers are packages. Throws, naming every specifier at fault, when one cannot be
 * loaded, is not a monitor, or has the name of another monitor.
 */
export async function loadPlugins(specifiers: readonly string[], cwd: string): Promise<OutsidePlugin[]> {
  const loaded = await Promise.allSettled(specifiers.map((specifier) => loadPlugin(specifier, cwd)));
  const problems: string[] = [];
  const taken = new Map(builtInMonitors.map(({ name }) => [name, 'a built-in monitor']));
  const plugins: OutsidePlugin[] = [];
  for (const [i, result] of loaded.entries()) {
    const specifier = specifiers[i] ?? '';
    if (result.status === 'rejected') {
      problems.push(`"${specifier}" ${messageOf(result.reason)}`);
      continue;
    }
    const { name } = result.value.definition;
    const owner = taken.get(name);
    if (owner !== undefined) problems.push(`"${specifier}" is named "${name}", as is ${owner}`);
    taken.set(name, `"${specifier}"`);
    plugins.push(result.value);
  }
  if (problems.length > 0)
    throw new Error(`MONITOR_PLUGINS cannot be loaded:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
  return plugins;
}

async function loadPlugin(specifier: string, cwd: string): Promise<OutsidePlugin> {
  const isPath = specifier.startsWith('.') || isAbsolute(specifier);
  const target = isPath ? resolve(cwd, specifier) : locatePackage(specifier, cwd);
  const address = isAbsolute(target) ? pathToFileURL(target).href : target;
  try {
    return { definition: await importPlugin(address), address };
  } catch (error) {
    if (error instanceof NotAMonitor) throw error;
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
