// A law of the plugin contract, and what a monitor is held to it with.
import type { Monitor, MonitorDefinition, MonitorEvent } from '../../../src/monitors/monitor.js';
import type { ModelTraffic } from '../../support/model-traffic/model-traffic.js';

/** A monitor with settings, the traffic it is shown, and how large its state may become (characters of JSON). */
export interface Held {
  readonly definition: MonitorDefinition;
  /** Parsed. */
  readonly settings: unknown;
  readonly traffic: ModelTraffic;
  readonly maxSnapshotBytes: number;
}

/** What every monitor must hold to. */
export interface Law {
  /** As the rest of a sentence about the monitor. */
  readonly says: string;
  /** Whether it concerns this monitor; it concerns all when unset. */
  readonly concerns?: (held: Held) => boolean;
  /** Throws when the monitor breaks it. */
  readonly check: (held: Held) => void;
}

/** A new monitor of what has a reference, or of another subject. */
export function create(
  { definition, settings, traffic }: Held,
  subject: ModelTraffic['subject'] = traffic.subject,
): Monitor {
  return definition.create(settings, subject);
}

/** Hands over those of the kinds it asked for, so many at once, as its host does. */
export function feed(
  { definition: { inputs } }: Pick<Held, 'definition'>,
  monitor: Monitor,
  events: readonly MonitorEvent[],
  chunk = 10,
): void {
  const wanted = events.filter(({ kind }) => inputs.includes(kind));
  for (let i = 0; i < wanted.length; i += chunk) monitor.update(wanted.slice(i, i + chunk));
}
