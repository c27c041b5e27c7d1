// Sends realistic traffic through the public API: `npm run simulate -- --model iris-classifier --rate 50 --seconds 60`.
import { z } from 'zod';
import { hearStopWish } from '../stop-wish.js';
import { createRandom } from '../training/random.js';
import type { PictureTraffic } from '../training/picture-traffic.js';
import type { Traffic } from '../training/traffic.js';
import { askForPictures, askForRows } from './asking.js';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.js';
import { runSimulation } from './run-simulation.js';
import { parseSimulateOptions } from './simulate-options.js';
import { createStatistics } from './simulate-statistics.js';

const MODEL = 'query ($name: String!) { model(name: $name) { name features { name } } }';
const modelSchema = z.object({
  model: z.object({ features: z.array(z.object({ name: z.string() })) }).nullable(),
});
const isFunction = (value: unknown) => typeof value === 'function';
const trafficSchema = z.union([
  z.object({ createTraffic: z.custom<(seed: number) => Traffic>(isFunction) }),
  z.object({ createPictureTraffic: z.custom<(seed: number) => PictureTraffic>(isFunction) }),
]);

try {
  await simulate(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function simulate(args: readonly string[]): Promise<void> {
  const options = parseSimulateOptions(args);
  const client = createGraphqlClient(options.url);
  const say = (line: string) => console.log(line);
  // Asked twice: for those who cannot wait for the last answers.
  const { signal } = hearStopWish(() => process.exit(130));
  try {
    const module = await loadTraffic(options.model);
    const parts = { ...options, client };
    const pictures = 'createPictureTraffic' in module ? module.createPictureTraffic(options.seed) : undefined;
    await checkModel(client, options, pictures && Object.keys(pictures.knobs));
    const statistics = createStatistics(pictures === undefined ? 'accuracy' : 'recall');
    const draw =
      'createTraffic' in module
        ? askForRows(module.createTraffic(options.seed), parts)
        : askForPictures(module.createPictureTraffic(options.seed), parts);
    await runSimulation(options, {
      client,
      draw,
      random: createRandom(options.seed + 1),
      statistics,
      say,
      signal,
    });
    say(statistics.summary());
  } finally {
    await client.close();
  }
}

async function loadTraffic(model: string): Promise<z.output<typeof trafficSchema>> {
  const file = new URL(`../../models/${model}/traffic.ts`, import.meta.url);
  try {
    return trafficSchema.parse(await import(file.href));
  } catch (error) {
    throw new Error(
      `--model ${model}: models/${model}/traffic.ts, which draws its traffic, cannot be loaded`,
      {
        cause: error,
      },
    );
  }
}

async function checkModel(
  client: GraphqlClient,
  { url, model, drift }: ReturnType<typeof parseSimulateOptions>,
  knobs: readonly string[] | undefined,
): Promise<void> {
  const found = await client.request(MODEL, { name: model }, modelSchema).catch((error: unknown) => {
    throw new Error(
      `${url} does not answer: ${error instanceof Error ? error.message : String(error)}. Is it running (npm run up)?`,
      { cause: error },
    );
  });
  if (found.model === null) throw new Error(`--model ${model}: the server has no such model`);
  const known = new Set(knobs ?? found.model.features.map(({ name }) => name));
  const stranger = drift.find(({ feature }) => !known.has(feature));
  if (stranger !== undefined)
    throw new Error(`--drift ${stranger.feature}: ${model} has ${[...known].join(', ')}, no such feature`);
}
