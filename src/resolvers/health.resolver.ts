// How the service is; it answers also while parts of it are away.
import '../schema/reflect-metadata.js';
import { FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { Alert } from '../schema/alert.type.js';
import { Health, ModelHealth } from '../schema/health.type.js';
import type { Plain } from '../schema/plain.js';
import type { ApiFaces } from './faces.js';
import { toAlert } from './to-alert.js';

const RECENT_ALERTS = 5;

@Resolver(() => ModelHealth)
export class HealthResolver {
  constructor(private readonly faces: Pick<ApiFaces, 'health' | 'store'>) {}

  @Query(() => Health)
  async health(): Promise<Plain<Health>> {
    return this.faces.health();
  }

  @FieldResolver(() => [Alert], { description: 'The last five; none while the log cannot be read.' })
  async recentAlerts(@Root() { model }: Plain<ModelHealth>): Promise<Plain<Alert>[]> {
    const page = { first: RECENT_ALERTS, after: undefined };
    return this.faces.store.alerts.list({ model }, page).then(
      ({ items }) => items.map(({ item }) => toAlert(item, { history: item.history })),
      () => [],
    );
  }
}
