// `npm run replay`: the monitors, as model.json sets them now, see the recorded log of a model again and say what they find.
import { loadConfig } from './config.js';
import { createLog } from './log.js';
import { createMetrics } from './metrics.js';
import { builtInMonitors } from './monitors/built-in.js';
import { changesIn } from './monitors/finding-changes.js';
import { loadPlugins } from './monitors/load-plugins.js';
import { planMonitors } from './monitors/plan.js';
import { replayEvents } from './monitors/replay-events.js';
import { loadRegistry } from './registry/load-registry.js';
import { createWatchableModel } from './roles/create-watchable-model.js';
import { parseReplayOptions } from './roles/replay-options.js';
import { openStore } from './store/open-store.js';

try {
  await replay(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function replay(args: readonly string[]): Promise<void> {
  const { model, version, from = 0, to = Date.now(), every } = parseReplayOptions(args);
  const config = loadConfig(process.env);
  const log = createLog('warn', { service: 'vigie-replay' }, process.stderr);
  const metrics = createMetrics();
  const now = () => Date.now();
  const registry = await loadRegistry({ modelsDir: config.modelsDir, reloadMs: 0, metrics, log });
  const { manifest } = registry.model(model);
  const subject = createWatchableModel({ manifest, registry, log, now }).subject(version);
  if (version !== undefined && subject.version !== version)
    throw new Error(`--version ${version}: ${model} has no such version`);
  // One who asks may wait for a plugin: here they run on this thread.
  const plugins = await loadPlugins(config.monitors.plugins, process.cwd());
  const definitions = [...builtInMonitors, ...plugins.map(({ definition }) => definition)];
  const plan = planMonitors([manifest], definitions).get(model) ?? [];
  const store = await openStore({ databaseUrl: config.database.url, dataDir: config.dataDir, log, now });
  try {
    const events = store.log({ model, version: subject.version, from, to, monitors: manifest.monitors });
    const rounds = replayEvents({ subject, plan, events, everyMs: every * 1000, metrics, log });
    for await (const { at, monitor, finding, before } of changesIn(rounds))
      console.log(
        `${new Date(at).toISOString()} ${monitor} ${finding.key}: ${before} -> ${finding.status}. ${finding.summary}`,
      );
  } finally {
    await store.close();
    await registry.stop();
  }
}
