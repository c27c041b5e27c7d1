// The same GraphQL contract on Apollo as its documentation sets it up, with the model run where the resolver runs.
import { ApolloServer } from '@apollo/server';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import fastify, { type FastifyRequest } from 'fastify';
import type { ApiFaces } from '../../src/resolvers/faces.js';
import type { RequestContext } from '../../src/resolvers/request-context.js';
import { fromDist } from './from-dist.js';
import { createInProcessServing } from './in-process-serving.js';
import { openModels } from './onnx-models.js';

const { createApiSchema } = (await fromDist(
  'resolvers/create-api-schema',
)) as typeof import('../../src/resolvers/create-api-schema.js');

const models = await openModels(process.env['MODELS_DIR'] ?? '');
const served = { serving: createInProcessServing(models) };
// Whatever else the API could ask of the house is not there, and nobody asks.
const faces = new Proxy(served, {
  get: (target, name, self): unknown => {
    if (name in target) return Reflect.get(target, name, self);
    throw new Error(`the baseline has no ${String(name)}`);
  },
}) as Pick<ApiFaces, 'serving'> as ApiFaces;

const notLive = () => {
  throw new Error('the baseline has no live feeds');
};
const live = {
  predictionCompleted: notLive,
  predictionProgress: notLive,
  metricUpdated: notLive,
  alertChanged: notLive,
};

const app = fastify({ bodyLimit: 64 * 1024 * 1024 });
const apollo = new ApolloServer<RequestContext>({
  schema: createApiSchema(faces),
  plugins: [fastifyApolloDrainPlugin(app)],
  // The benchmark stops it; otherwise its own handlers would hold the process.
  stopOnTerminationSignals: false,
});
await apollo.start();
await app.register(fastifyApollo(apollo), {
  context: ({ id, ip }: FastifyRequest) =>
    Promise.resolve({ traceId: id, caller: 'anonymous', client: ip, receivedAt: Date.now(), live }),
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ event: 'ready', url })}\n`);
process.once('disconnect', () => process.exit(0));
