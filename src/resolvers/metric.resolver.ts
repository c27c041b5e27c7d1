// What monitors measured over time.
import '../schema/reflect-metadata.js';
import { Arg, Query, Resolver } from 'type-graphql';
import { metricFilterRules } from '../schema/argument-rules.js';
import { MetricFilter, MetricSeries } from '../schema/metric.type.js';
import { parseInput } from '../schema/parse-input.js';
import type { Plain } from '../schema/plain.js';
import { checkWatched } from './check-watched.js';
import type { ApiFaces } from './faces.js';

const DEFAULT_SPAN_MS = 3_600_000;

@Resolver()
export class MetricResolver {
  constructor(private readonly faces: Pick<ApiFaces, 'registry' | 'store' | 'now'>) {}

  @Query(() => [MetricSeries])
  async metrics(@Arg('filter', () => MetricFilter) filter: MetricFilter): Promise<Plain<MetricSeries>[]> {
    const { from, to = this.faces.now(), ...query } = parseInput(metricFilterRules, filter, 'filter');
    checkWatched(this.faces.registry, query.model);
    const series = await this.faces.store.measurements.series({
      ...query,
      from: from ?? to - DEFAULT_SPAN_MS,
      to,
    });
    return series.map(({ points, ...rest }) => ({
      ...rest,
      points: points.map(({ at, value, n }) => ({ at: new Date(at), value, n })),
    }));
  }
}
