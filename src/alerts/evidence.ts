// What one finding says about an alert under a policy: bad, recovered, nearly recovered, or nothing.
import type { Alert, Severity } from '../events/alert-transition.js';
import type { Finding } from '../events/monitor-report.js';
import type { AlertPolicy } from './policy.js';

/** What a finding says; a severity only where it is bad. */
export type Evidence =
  | { readonly kind: 'bad'; readonly severity: Severity }
  /** Ok, and beyond the hysteresis band where one applies. */
  | { readonly kind: 'recovered' }
  /** Ok, but closer to the threshold than the hysteresis asks for. */
  | { readonly kind: 'near' }
  | { readonly kind: 'unknown' };

/** Weighs a finding; `open` is the alert of its identity as last seen bad, which tells the bad side of the threshold. */
export function weigh(finding: Finding, open: Alert | undefined, policy: AlertPolicy): Evidence {
  switch (finding.status) {
    case 'warning':
    case 'critical':
      return { kind: 'bad', severity: finding.status };
    case 'ok':
      return { kind: open !== undefined && isNear(finding, open, policy.hysteresis) ? 'near' : 'recovered' };
    case 'no-data':
      return missing(policy.noData, open);
    case 'insufficient-data':
      return missing(policy.insufficientData, open);
  }
}

function missing(meaning: AlertPolicy['noData'], open: Alert | undefined): Evidence {
  if (meaning === 'keep') return { kind: 'unknown' };
  if (meaning === 'ok') return { kind: 'recovered' };
  // Losing sight of an alert does not make it less severe.
  return {
    kind: 'bad',
    severity: open === undefined || open.state === 'resolved' ? 'warning' : open.severity,
  };
}

function isNear(finding: Finding, open: Alert, hysteresis: number): boolean {
  const { value, threshold } = finding;
  if (value === null || threshold === null) return false;
  if (open.value === null || open.threshold === null || open.value === open.threshold) return false;
  const margin = hysteresis * Math.abs(threshold);
  return open.value > open.threshold ? value > threshold - margin : value < threshold + margin;
}
