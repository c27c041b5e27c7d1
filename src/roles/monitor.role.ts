// The monitor role: records the streams, watches the models, decides on alerts and tells people.
import { createDelivery } from '../alerts/deliver.js';
import { createJudge } from '../alerts/judge.js';
import { createLongestPauseOf } from '../alerts/longest-pause.js';
import { notificationJobId, startNotifier } from '../alerts/notifier.js';
import { planPolicies } from '../alerts/plan-policies.js';
import { alertPolicySchema } from '../alerts/policy.js';
import { createSinks } from '../alerts/sinks/create-sinks.js';
import { startTrimmer } from '../events/trim-streams.js';
import { SYSTEM_SUBJECT } from '../manifest/system-subject.js';
import { builtInMonitors } from '../monitors/built-in.js';
import { loadPlugins } from '../monitors/load-plugins.js';
import { startMonitors } from '../monitors/start-monitors.js';
import { startRecorder } from '../recorder/recorder.js';
import type { Store } from '../store/store.js';
import { createBackgroundHandlers } from '../workers/background.worker.js';
import { startWorkerHost } from '../workers/worker-host.js';
import { createWatchableModel } from './create-watchable-model.js';
import { createWatchableSystem } from './create-watchable-system.js';
import type { House } from './house.js';

const RETENTION_EVERY_MS = 3_600_000;
const TRIM_EVERY_MS = 10_000;

/** Starts everything that reads the streams. Throws when a plugin or a model's settings of monitors or alerts are not valid. */
export async function startMonitorRole(house: House, store: Store): Promise<void> {
  const { config, log, metrics, registry, keys, now } = house;
  const models = registry.models();
  const modelNames = models.map(({ manifest }) => manifest.name);
  const system = createWatchableSystem(config.systemWatch);
  const watched = [...modelNames, SYSTEM_SUBJECT];
  const consumer = house.processId;
  const plugins = await loadPlugins(config.monitors.plugins, process.cwd());
  const definitions = [...builtInMonitors, ...plugins.map(({ definition }) => definition)];

  const recorder = await startRecorder({ ...house, models: modelNames, watched, consumer, store });
  house.onStop('recorder', () => recorder.stop());

  const { forMs, keepFiringForMs, repeatMs, ...ways } = config.alerts;
  const policyOf = planPolicies({
    manifests: [...models.map(({ manifest }) => manifest), system.manifest],
    monitorNames: definitions.map(({ name }) => name),
    defaults: alertPolicySchema.parse({ forMs, keepFiringForMs, repeatMs }),
  });
  const monitors = await startMonitors({
    ...house,
    models: [
      ...models.map(({ manifest }) =>
        createWatchableModel({
          ...house,
          manifest,
          patienceMs: config.reloadModelsMs === 0 ? 0 : undefined,
        }),
      ),
      system,
    ],
    definitions: builtInMonitors,
    plugins,
    evaluateEveryMs: config.monitors.evaluateEveryMs,
    judge: createJudge({
      ...house,
      policyOf,
      rulesOf: (name) => models.find(({ manifest }) => manifest.name === name)?.manifest.retraining ?? [],
    }),
  });
  house.onStop('monitors', () => monitors.stop());

  const sinks = createSinks({
    ...{ log, now, ...ways },
    longestPauseOf: createLongestPauseOf(policyOf),
  });
  const background = await startWorkerHost<'background'>({
    ...house,
    queue: 'background',
    concurrency: 4,
    handlers: createBackgroundHandlers({
      deliver: createDelivery({ sinks, metrics, log }),
      store,
      retentionDays: config.database.retentionDays,
      now,
      log,
    }),
  });
  house.onStop('background jobs', () => background.stop());
  await house.producer.repeat('background', 'enforce-retention', RETENTION_EVERY_MS, { v: 1 });

  const notifier = await startNotifier({
    ...house,
    models: watched,
    consumer,
    sinks: sinks.map(({ name }) => name),
    enqueue: (job) =>
      house.producer.enqueue('background', 'deliver-notification', notificationJobId(job), { v: 1, ...job }),
  });
  house.onStop('notifier', () => notifier.stop());

  const trimmer = startTrimmer({
    ...house,
    streams: [
      ...modelNames.flatMap((name) => {
        const { predictions, feedback } = keys.model(name);
        return [predictions, feedback].map((stream) => ({ stream, groups: ['recorder', 'monitors'] }));
      }),
      ...watched.flatMap((name) => {
        const { measurements, alerts } = keys.model(name);
        return [
          { stream: measurements, groups: ['recorder'] },
          { stream: alerts, groups: ['recorder', 'notifier'] },
        ];
      }),
      { stream: keys.model(SYSTEM_SUBJECT).resources, groups: ['monitors'] },
    ],
    everyMs: TRIM_EVERY_MS,
  });
  house.onStop('trimmer', () => trimmer.stop());
  log.debug({ monitors: definitions.map(({ name }) => name) }, 'monitor role started');
}
