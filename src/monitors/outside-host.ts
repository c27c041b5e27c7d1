// Runs one monitor of an outside plugin for one model in the plugin's thread, where it can also loop without harm to the others.
import { checkEvaluation } from './check-evaluation.js';
import { eventsFor, type HostOptions, type MonitorHost } from './host.js';
import { createMonitorRecord } from './monitor-record.js';
import type { Evaluation } from './monitor.js';
import type { PluginRunner } from './plugin-runner.js';

/** Hosts a monitor in the thread of `runner`. Evaluation and snapshot are bounded in time; what is late is missing. */
export function createOutsideHost(options: HostOptions & { readonly runner: PluginRunner }): MonitorHost {
  const { planned, subject, metrics, runner } = options;
  const { definition, settings } = planned;
  const record = createMonitorRecord(options);
  const evaluationSeconds = metrics.monitorEvaluationSeconds.labels(subject.manifest.name, definition.name);
  const monitor = runner.open(subject, record.failed);

  /** Checked in the thread, so that it is small, and here, because nobody vouches for what a plugin's thread sends. */
  const check = (text: string): Evaluation => {
    const { evaluation, problems } = checkEvaluation(JSON.parse(text), definition.metrics);
    for (const problem of problems) record.failed('evaluate', problem);
    return evaluation;
  };

  return {
    name: definition.name,
    settings,
    update: (events) => {
      const wanted = eventsFor(planned, events);
      if (wanted.length > 0) monitor.update(wanted);
    },
    evaluate: async (now, lagSeconds) => {
      const answer = await monitor.evaluate(now);
      if (answer !== undefined) evaluationSeconds.observe(answer.seconds);
      const text = answer?.evaluation ?? null;
      return record.report(now, lagSeconds, text === null ? undefined : check(text));
    },
    snapshot: monitor.snapshot,
    restore: monitor.restore,
    close: monitor.close,
  };
}
