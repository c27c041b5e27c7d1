// The limit: Fastify with JSON routes and ONNX Runtime in the same process; nothing checked, kept or watched.
import fastify from 'fastify';
import { bestOf, openModels, type OnnxModel } from './onnx-models.js';

type Features = Readonly<Record<string, number>>;

const app = fastify({ bodyLimit: 64 * 1024 * 1024 });

for (const model of await openModels(process.env['MODELS_DIR'] ?? '')) {
  const { name } = model.manifest;
  app.post(`/predict/${name}`, async ({ body }) => {
    const [answer] = await predict(model, [body as Features]);
    return answer;
  });
  app.post(`/predict-batch/${name}`, async ({ body }) => ({
    predictions: await predict(model, body as readonly Features[]),
  }));
}

async function predict({ manifest, run }: OnnxModel, rows: readonly Features[]) {
  const { features, classes } = manifest;
  const tensor = new Float32Array(rows.length * features.length);
  let at = 0;
  for (const row of rows) for (const { name } of features) tensor[at++] = row[name] ?? NaN;
  const probabilities = await run(tensor, rows.length);
  return rows.map((_, row) => ({
    ...bestOf(classes, probabilities, row),
    probabilities: Array.from(probabilities.subarray(row * classes.length, (row + 1) * classes.length)),
  }));
}

const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ event: 'ready', url })}\n`);
process.once('disconnect', () => process.exit(0));
