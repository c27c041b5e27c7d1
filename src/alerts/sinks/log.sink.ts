// The sink that needs no setup: notifications as log lines.
import type { Logger } from 'pino';
import { listOthers } from './list-others.js';
import type { Sink } from './sink.js';

const MAX_OTHERS = 20;

/** Logs a resolved alert at info and everything else at warn. */
export function createLogSink(log: Logger): Sink {
  return {
    name: 'log',
    deliver: ({ id, from, to, comment, evidence, alert }, others = []) => {
      const { model, version, monitor, key, severity, value, threshold, summary } = alert;
      const line = {
        transition: id,
        alert: alert.id,
        ...{ model, version, monitor, key, severity, from, to, value, threshold, summary, comment, evidence },
        ...(others.length > 0 && {
          others: listOthers(others, MAX_OTHERS, (other) => `${other.monitor}/${other.key}`),
        }),
      };
      if (to === 'resolved') log.info(line, 'alert resolved');
      else log.warn(line, 'alert firing');
      return Promise.resolve({ outcome: 'delivered' });
    },
  };
}
