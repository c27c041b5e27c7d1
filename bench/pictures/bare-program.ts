// What a picture costs without Vigie: `tsx bare-program.ts <model.onnx> <picture> <tiles> <threads>` decodes it whole, and runs the
// model on as many tensors as there are tiles, one after the other; prints both times as JSON.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

const [model = '', picture = '', tiles = '0', threads = '1'] = process.argv.slice(2);
sharp.cache(false);
const session = await InferenceSession.create(model, {
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
});
const [input] = session.inputMetadata;
if (input?.isTensor !== true) throw new Error('the model takes no tensor');
const shape = input.shape.map((side, axis) => (axis === 0 ? 1 : Number(side)));
const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
for (let i = 0; i < values.length; i += 1) values[i] = ((i * 37) % 256) / 255;
const run = () => session.run({ [input.name]: new Tensor('float32', values, shape) });
for (let i = 0; i < 3; i += 1) await run();

const startedAt = performance.now();
await sharp(picture).removeAlpha().raw().toBuffer();
const decodedAt = performance.now();
for (let i = 0; i < Number(tiles); i += 1) await run();
const ranAt = performance.now();
console.log(JSON.stringify({ decodeMs: decodedAt - startedAt, runMs: ranAt - decodedAt }));
