// Alerts: listing them, their history, and taking one on.
import '../schema/reflect-metadata.js';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { acknowledgementRules, alertFilterRules, pageRules } from '../schema/argument-rules.js';
import { Alert, AlertConnection, AlertFilter, AlertTransition } from '../schema/alert.type.js';
import { parseInput } from '../schema/parse-input.js';
import type { Plain } from '../schema/plain.js';
import type { ApiFaces } from './faces.js';
import type { RequestContext } from './request-context.js';
import { type AlertSource, toAlert, withLatest } from './to-alert.js';
import { toConnection } from './to-connection.js';

@Resolver(() => Alert)
export class AlertResolver {
  constructor(private readonly faces: Pick<ApiFaces, 'store' | 'acknowledge'>) {}

  @Query(() => AlertConnection, { description: 'Newest first, at most 500 a page.' })
  async alerts(
    @Arg('filter', () => AlertFilter, { nullable: true }) filter: AlertFilter | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
  ): Promise<Plain<AlertConnection>> {
    const { state, ...query } = parseInput(alertFilterRules, filter ?? {}, 'filter');
    const page = parseInput(pageRules, { first: first ?? 50, after });
    const found = await this.faces.store.alerts.list({ ...query, states: state }, page);
    return toConnection(found, (alert) => toAlert(alert, { history: alert.history }));
  }

  @Mutation(() => Alert)
  async acknowledgeAlert(
    @Arg('id', () => ID) id: string,
    @Arg('comment', () => String, { nullable: true }) comment: string | null | undefined,
    @Ctx() { caller }: RequestContext,
  ): Promise<Plain<Alert>> {
    const request = parseInput(acknowledgementRules, { id, comment });
    const { alert, transition } = await this.faces.acknowledge(request.id, caller, request.comment);
    return toAlert(alert, { latest: transition });
  }

  @FieldResolver(() => [AlertTransition])
  async history(@Root() { id, known }: AlertSource): Promise<Plain<AlertTransition>[]> {
    // A live alert must not fail because the log is away: it then shows the transition it came with.
    const stored =
      known.history ??
      (await this.faces.store.alerts.find(id).then(
        (alert) => alert?.history ?? [],
        () => [],
      ));
    return withLatest(stored, known.latest).map(({ from, to, at, by, comment, value }) => ({
      from,
      to,
      at: new Date(at),
      by,
      comment,
      value,
    }));
  }
}
