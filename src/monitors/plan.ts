// Decides which monitors watch a model, and with which settings.
import { z } from 'zod';
import type { MonitorDefinition, WatchedManifest } from './monitor.js';
import { asksForSegments } from './segments/segment-settings.js';
import { segmented } from './segments/segmented.js';

/** One monitor that is to watch a model, its settings parsed. */
export interface PlannedMonitor {
  readonly definition: MonitorDefinition;
  readonly settings: Readonly<Record<string, unknown>>;
}

type Planned = Pick<WatchedManifest, 'name' | 'task' | 'monitors' | 'features'>;

const settingsShape = z.record(z.string(), z.unknown());

/**
 * By model name: every definition for the model's task and features that the manifest does not switch off, with the manifest's
 * settings over the defaults. Throws one error that names every problem by model, monitor and setting.
 */
export function planMonitors(
  manifests: readonly Planned[],
  definitions: readonly MonitorDefinition[],
): ReadonlyMap<string, readonly PlannedMonitor[]> {
  const plans = manifests.map((manifest) => ({ model: manifest.name, ...planModel(manifest, definitions) }));
  const problems = plans.flatMap((plan) => plan.problems);
  if (problems.length > 0)
    throw new Error(`The monitors cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  return new Map(plans.map(({ model, planned }) => [model, planned]));
}

function planModel(
  manifest: Planned,
  definitions: readonly MonitorDefinition[],
): { planned: PlannedMonitor[]; problems: string[] } {
  const planned: PlannedMonitor[] = [];
  const known = definitions.map(({ name }) => name);
  const problems = Object.keys(manifest.monitors)
    .filter((name) => !known.includes(name))
    .map((name) => `model "${manifest.name}": there is no monitor "${name}" (known: ${known.join(', ')})`);
  for (const definition of definitions) {
    const chosen = manifest.monitors[definition.name];
    if (chosen === false) continue;
    const where = `model "${manifest.name}", monitor "${definition.name}"`;
    const misfit = misfitOf(definition, manifest);
    if (misfit !== undefined) {
      if (chosen !== undefined) problems.push(`${where}: ${misfit}`);
      continue;
    }
    const watching = asksForSegments(chosen) ? segmented(definition, manifest) : definition;
    const parsed = watching.settings.safeParse(chosen ?? {});
    if (!parsed.success)
      problems.push(
        ...parsed.error.issues.map((issue) => `${where}, ${settingOf(issue.path)}: ${issue.message}`),
      );
    else {
      // An outside plugin may bring a schema of anything.
      const settings = settingsShape.safeParse(parsed.data);
      if (settings.success) planned.push({ definition: watching, settings: settings.data });
      else problems.push(`${where}: its settings are not an object`);
    }
  }
  return { planned, problems };
}

/** Why a monitor is not for a model, in words; undefined when it is. */
function misfitOf({ tasks, featureTypes }: MonitorDefinition, manifest: Planned): string | undefined {
  if (!tasks.includes(manifest.task))
    return `it does not watch ${manifest.task === 'system' ? 'Vigie itself' : `${manifest.task} models`}`;
  return featureTypes === undefined || manifest.features.some(({ type }) => featureTypes.includes(type))
    ? undefined
    : `it watches models with a feature of type ${featureTypes.join(', ')}, and this one has none`;
}

function settingOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'settings' : `setting "${path.map(String).join('.')}"`;
}
