// The program of a plugin's thread: imports the plugin, holds its monitors and makes the calls it is sent, one after the other.
import { isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { guardMonitor, type GuardedMonitor, type MonitorMethod } from './guarded-monitor.js';
import { importPlugin } from './import-plugin.js';
import { asksForSegments } from './segments/segment-settings.js';
import { segmented } from './segments/segmented.js';
import { openActivity } from './plugin-activity.js';
import type {
  FromPlugin,
  PluginCall,
  PluginFailure,
  PluginThreadSettings,
  ToPlugin,
} from './plugin-protocol.js';

const MAX_MESSAGE_LENGTH = 500;

// Loaded in the main thread (by a tool or a test) this file does nothing.
if (!isMainThread && parentPort !== null) await serve(parentPort, workerData as PluginThreadSettings);

async function serve(port: MessagePort, settings: PluginThreadSettings): Promise<void> {
  const definition = await importPlugin(settings.address);
  const activity = openActivity(settings.activity);
  const monitors = new Map<number, GuardedMonitor>();
  const say = (message: FromPlugin) => port.postMessage(message);
  // By method: a monitor that fails a million times in one call is told of in one message.
  const failures = new Map<MonitorMethod, PluginFailure>();

  const create = ({ monitor, subject }: PluginCall & { kind: 'create' }) => {
    const chosen = subject.manifest.monitors[definition.name] ?? {};
    const watching = asksForSegments(chosen) ? segmented(definition, subject.manifest) : definition;
    const guarded = guardMonitor({
      definition: watching,
      // Parsed here again, because what a schema makes of settings need not survive the way between threads.
      settings: () => watching.settings.parse(chosen),
      subject,
      onFailure: (method, message) => {
        const times = (failures.get(method)?.times ?? 0) + 1;
        failures.set(method, {
          kind: 'failed',
          monitor,
          method,
          message: message.slice(0, MAX_MESSAGE_LENGTH),
          times,
        });
      },
    });
    monitors.set(monitor, guarded);
  };
  const evaluate = ({ monitor, id, now }: PluginCall & { kind: 'evaluate' }): FromPlugin => {
    const begunAt = performance.now();
    const evaluation = monitors.get(monitor)?.evaluate(now);
    const seconds = (performance.now() - begunAt) / 1000;
    return {
      kind: 'evaluated',
      id,
      evaluation: evaluation === undefined ? null : JSON.stringify(evaluation),
      seconds,
    };
  };
  const make = (call: PluginCall): FromPlugin | undefined => {
    switch (call.kind) {
      case 'create':
        create(call);
        return undefined;
      case 'restore':
        monitors.get(call.monitor)?.restore(call.state);
        return undefined;
      case 'update':
        monitors.get(call.monitor)?.update(call.events);
        return undefined;
      case 'evaluate':
        return evaluate(call);
      case 'snapshot':
        return { kind: 'snapshot', id: call.id, state: monitors.get(call.monitor)?.snapshot() ?? null };
      case 'close':
        monitors.delete(call.monitor);
        return undefined;
    }
  };

  port.on('message', (calls: ToPlugin) => {
    for (const call of calls) {
      if (call.kind !== 'close') activity.begin({ monitor: call.monitor, method: call.kind });
      const answer = make(call);
      activity.end();
      for (const failure of failures.values()) say(failure);
      failures.clear();
      if (answer !== undefined) say(answer);
    }
    say({ kind: 'done' });
  });
  say({ kind: 'ready' });
}
