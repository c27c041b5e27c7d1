// The baseline: Fastify with one JSON route and ONNX Runtime in the same process, nothing kept, nothing watched.
import fastify from 'fastify';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const FEATURES = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'] as const;
const CLASSES = ['setosa', 'versicolor', 'virginica'] as const;

const session = await InferenceSession.create('models/iris-classifier/1/model.onnx', {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
const app = fastify();
app.post('/predict', async (request) => {
  const features = request.body as Record<string, number>;
  const row = Float32Array.from(FEATURES, (name) => features[name] ?? NaN);
  const { probabilities } = await session.run({ features: new Tensor('float32', row, [1, row.length]) });
  const values = Array.from(probabilities?.data as Float32Array);
  const best = values.indexOf(Math.max(...values));
  return { label: CLASSES[best], confidence: values[best], probabilities: values };
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ event: 'ready', url })}\n`);
