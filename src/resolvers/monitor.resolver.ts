// What every monitor last said.
import '../schema/reflect-metadata.js';
import { Arg, Query, Resolver } from 'type-graphql';
import type { FindingStatus, MonitorReport } from '../events/monitor-report.js';
import { MonitorStatus } from '../schema/monitor.type.js';
import type { Plain } from '../schema/plain.js';
import { checkWatched } from './check-watched.js';
import type { ApiFaces } from './faces.js';

const WORST_FIRST = ['critical', 'warning', 'no-data', 'insufficient-data', 'ok'] as const;

@Resolver()
export class MonitorResolver {
  constructor(private readonly faces: Pick<ApiFaces, 'registry' | 'monitorReports'>) {}

  @Query(() => [MonitorStatus])
  async monitors(
    @Arg('model', () => String, { nullable: true }) model: string | null | undefined,
  ): Promise<Plain<MonitorStatus>[]> {
    if (typeof model === 'string') checkWatched(this.faces.registry, model);
    return (await this.faces.monitorReports(model ?? undefined)).map(toMonitorStatus);
  }
}

function toMonitorStatus({ model, version, monitor, at, window, findings, settings, health }: MonitorReport) {
  return {
    model,
    version,
    monitor,
    // A monitor that cannot say anything is not a monitor that says all is well.
    status:
      findings.length === 0 && health.status !== 'ok'
        ? 'no-data'
        : worstOf(findings.map(({ status }) => status)),
    findings,
    window: { from: toDate(window.from), to: toDate(window.to), n: window.n },
    settings,
    health,
    lastEvaluatedAt: new Date(at),
  };
}

function worstOf(statuses: readonly FindingStatus[]): FindingStatus {
  return WORST_FIRST.find((status) => statuses.includes(status)) ?? 'ok';
}

function toDate(epochMs: number | null): Date | null {
  return epochMs === null ? null : new Date(epochMs);
}
