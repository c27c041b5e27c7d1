// Tests a trained model.onnx and makes version 1 of it: `tsx evaluate.ts <onnx file>`; without a file version 1 is judged anew.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { versionFactsSchema } from '../../src/manifest/version-facts.js';
import { createDetectionProfile, type ProfiledPicture } from '../../src/training/detection-profile.js';
import { loadDetector } from './detect.js';
import { judgeSample, type JudgedSample } from './judge-samples.js';
import { measureSamples } from './measure-samples.js';
import { encodeScene } from './orchard/encode-scene.js';
import { STAGES } from './orchard/scene.js';
import { renderSample, type Split } from './samples.js';

const TEST_SCENES = 120;
const REFERENCE_SCENES = 300;

const folder = join(import.meta.dirname, '1');
const [onnxFile] = process.argv.slice(2);
const model = await readFile(onnxFile ?? join(folder, 'model.onnx'));
const { createdAt, training } = await readMaking(onnxFile);

const detector = await loadDetector(model);
const samples: JudgedSample[] = [];
for (const { file, trees } of drawFiles('test', TEST_SCENES))
  samples.push(await judgeSample(detector, await file, trees));
const metrics = measureSamples(samples);
console.table(metrics);

const pictures: ProfiledPicture[] = [];
for (const { file } of drawFiles('reference', REFERENCE_SCENES))
  pictures.push(await detector.detect(await file));
const reference = createDetectionProfile(STAGES, pictures);
await detector.close();

const sha256 = createHash('sha256').update(model).digest('hex');
const facts = versionFactsSchema.parse({ createdAt, sha256, metrics, training });
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'model.onnx'), model);
await writeFile(join(folder, 'version.json'), toJson(facts));
await writeFile(join(folder, 'reference.json'), toJson(reference));

/** When and how the model was made: train.py leaves it beside the file. */
async function readMaking(file: string | undefined) {
  if (file === undefined)
    return versionFactsSchema.parse(JSON.parse(await readFile(join(folder, 'version.json'), 'utf8')));
  const { createdAt, ...training } = versionFactsSchema
    .unwrap()
    .shape.training.parse(JSON.parse(await readFile(`${file}.json`, 'utf8')));
  return { createdAt, training };
}

function* drawFiles(split: Split, count: number) {
  for (let index = 0; index < count; index += 1) {
    const { scene, quality } = renderSample(split, index);
    yield { file: encodeScene(scene, quality), trees: scene.trees };
  }
}

/** Lists of numbers on one line each. */
function toJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replace(/\[[\d\s.,eE+-]*\]/g, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
  return `${text}\n`;
}
