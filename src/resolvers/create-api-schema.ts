// The executable schema: every resolver built by hand with the faces it asks for.
import '../schema/reflect-metadata.js';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { AlertResolver } from './alert.resolver.js';
import type { ApiFaces } from './faces.js';
import { FeedbackResolver } from './feedback.resolver.js';
import { HealthResolver } from './health.resolver.js';
import { LiveResolver } from './live.resolver.js';
import { MetricResolver } from './metric.resolver.js';
import { ModelResolver } from './model.resolver.js';
import { MonitorResolver } from './monitor.resolver.js';
import { PredictionResolver } from './prediction.resolver.js';
import { SilenceResolver } from './silence.resolver.js';
import { UploadResolver } from './upload.resolver.js';
import { WorkerResolver } from './worker.resolver.js';

/** The whole contract over the rooms behind `faces`; faces are only called when a field is asked for. */
export function createApiSchema(faces: ApiFaces): GraphQLSchema {
  const instances = new Map<unknown, object>([
    [AlertResolver, new AlertResolver(faces)],
    [FeedbackResolver, new FeedbackResolver(faces)],
    [HealthResolver, new HealthResolver(faces)],
    [LiveResolver, new LiveResolver()],
    [MetricResolver, new MetricResolver(faces)],
    [ModelResolver, new ModelResolver(faces)],
    [MonitorResolver, new MonitorResolver(faces)],
    [PredictionResolver, new PredictionResolver(faces)],
    [SilenceResolver, new SilenceResolver(faces)],
    [UploadResolver, new UploadResolver(faces)],
    [WorkerResolver, new WorkerResolver(faces)],
  ]);
  return build((resolver) => instances.get(resolver));
}

/** The contract as text, sorted, so that the same code always prints the same bytes; no room is needed for it. */
export function printApiSchema(): string {
  return `${printSchema(lexicographicSortSchema(build(() => undefined)))}\n`;
}

function build(instanceOf: (resolver: unknown) => object | undefined): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      AlertResolver,
      FeedbackResolver,
      HealthResolver,
      LiveResolver,
      MetricResolver,
      ModelResolver,
      MonitorResolver,
      PredictionResolver,
      SilenceResolver,
      UploadResolver,
      WorkerResolver,
    ],
    container: { get: instanceOf },
    // Arguments are checked by the zod rules of the schema room.
    validate: false,
    disableInferringDefaultValues: true,
    pubSub: NO_PUB_SUB,
  });
}

// The builder demands one as soon as there is a subscription; every subscription here brings its own `subscribe`.
const NO_PUB_SUB: PubSub = {
  publish: () => {
    throw new Error('subscriptions read the live feeds');
  },
  subscribe: () => {
    throw new Error('subscriptions read the live feeds');
  },
};
