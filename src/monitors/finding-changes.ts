// What is new in a row of evaluations: findings whose status is another than before.
import type { Finding, MonitorReport } from '../events/monitor-report.js';

/** A finding that changed at `at` (epoch ms); `before` is the status it had. */
export interface FindingChange {
  readonly at: number;
  readonly monitor: string;
  readonly before: Finding['status'];
  readonly finding: Finding;
}

/** Every change of status between rounds; a finding that was not there before was ok. */
export async function* changesIn(
  rounds: AsyncIterable<readonly MonitorReport[]>,
): AsyncGenerator<FindingChange> {
  const known = new Map<string, Map<string, Finding['status']>>();
  for await (const reports of rounds)
    for (const { at, monitor, findings } of reports) {
      const before = known.get(monitor);
      for (const finding of findings) {
        const was = before?.get(finding.key) ?? 'ok';
        if (was !== finding.status) yield { at, monitor, before: was, finding };
      }
      known.set(monitor, new Map(findings.map(({ key, status }) => [key, status])));
    }
}
