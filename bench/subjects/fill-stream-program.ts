// Fills the prediction stream of a model with the writer of the checkout that will read it.
// Arguments: checkout, models folder, model, Redis URL, batches, rows of each.
import { pino } from 'pino';
import { fromDist } from './from-dist.js';
import { openModels } from './onnx-models.js';
import { createReplayBatches } from './replay-batches.js';

type Connect = typeof import('../../src/redis/connect.js');
type Keys = typeof import('../../src/redis/keys.js');
type Writer = typeof import('../../src/events/event-writer.js');
type Codec = typeof import('../../src/events/prediction-codec.js');

const [checkout = '', modelsDir = '', name = '', url = '', batches = '', rows = ''] = process.argv.slice(2);
const AT_ONCE = 100;

const { connectRedis } = (await fromDist('redis/connect', checkout)) as Connect;
const { createKeys } = (await fromDist('redis/keys', checkout)) as Keys;
const { createEventWriter } = (await fromDist('events/event-writer', checkout)) as Writer;
// Checkouts from before there was a codec write an event as it is.
const codec = (await fromDist('events/prediction-codec', checkout).catch(() => undefined)) as
  Codec | undefined;

const model = (await openModels(modelsDir)).find(({ manifest }) => manifest.name === name);
if (model === undefined) throw new Error(`there is no model named ${name}`);
const log = pino({ level: 'silent' });
const redis = await connectRedis({ url, log });
const writer = createEventWriter({ redis, log, now: () => Date.now() });
const stream = createKeys().model(name).predictions;
const count = Number(batches);
const batchAt = await createReplayBatches(model, Number(rows), count, Date.now());
const append = async (index: number) => {
  const batch = batchAt(index);
  const event: unknown = codec === undefined ? batch : codec.predictionBatchCodec.encode(batch);
  await writer.append(stream, event as Parameters<typeof writer.append>[1]);
};
for (let at = 0; at < count; at += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, i) => append(at + i)));
}
await writer.stop();
await redis.close();
process.exit(0);
