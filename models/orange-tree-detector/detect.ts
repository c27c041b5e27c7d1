// Answers pictures as the server does, without one: the same work on the same file, the model run in this process.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import type { Detection, Picture } from '../../src/events/picture.js';
import { modelManifestSchema } from '../../src/manifest/model-manifest.js';
import { readSignature } from '../../src/onnx/read-signature.js';
import type { OutputTensor } from '../../src/pictures/decode-boxes.js';
import { createPermits } from '../../src/pictures/permits.js';
import type { PictureJob, Tile } from '../../src/pictures/picture-protocol.js';
import { startPicture } from '../../src/pictures/picture-work.js';
import { checkPictureModel } from '../../src/registry/check-picture-model.js';

export interface Answer {
  readonly picture: Picture;
  /** Best first. */
  readonly detections: readonly Detection[];
}

export interface Detector {
  /** What the server would answer for this file, by the manifest's settings but for those named here, one picture at a time. */
  detect(file: Uint8Array, settings?: Partial<PictureJob['image']>): Promise<Answer>;
  close(): Promise<void>;
}

/** Loads the model on one thread; throws when it does not fit `model.json`. */
export async function loadDetector(model: Uint8Array): Promise<Detector> {
  const text = await readFile(join(import.meta.dirname, 'model.json'), 'utf8');
  const manifest = modelManifestSchema.parse(JSON.parse(text));
  const { image, classes, outputs } = manifest;
  if (image === undefined) throw new Error('model.json says nothing of pictures');
  const { input, problems } = checkPictureModel(manifest, image, readSignature(model));
  if (input === undefined) throw new Error(problems.join('; '));
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const folder = await mkdtemp(join(tmpdir(), 'vigie-detector-'));
  let pictures = 0;

  const run = async (values: Tile): Promise<OutputTensor[]> => {
    const dims = [1, 3, input.height, input.width];
    const tensor = new Tensor('float32', Float32Array.from(values), dims);
    const answered = await session.run({ [input.tensor]: tensor });
    return Object.values(answered).map(({ dims, data }) => {
      if (!(data instanceof Float32Array)) throw new Error('the model answers other numbers than float32');
      return { dims, data };
    });
  };
  return {
    async detect(file, settings = {}) {
      // What is left of an earlier picture would be read for this one.
      const path = join(folder, String(pictures++));
      await writeFile(path, file);
      const job: PictureJob = {
        file: { path, ...(await describe(file)) },
        image: { ...image, ...settings },
        input,
        classes,
        layout: outputs.detections,
        rawPath: `${path}.v`,
        annotatedPath: undefined,
      };
      const permits = createPermits(1);
      const work = startPicture(job, {
        permits,
        takeMemory: (length) => new Float32Array(length),
        sendTile(tile, values) {
          const done = run(values).then(
            (tensors) => work.ran(tile, tensors, 0, 1),
            (error: unknown) =>
              work.failed(tile, { code: 'INFERENCE_FAILED', message: String(error), final: true }),
          );
          void done.finally(() => permits.give());
        },
        onProgress: () => undefined,
      });
      const { picture, detections = [] } = await work.result;
      await Promise.all([path, job.rawPath].map((one) => rm(one)));
      return { picture, detections };
    },
    async close() {
      await session.release();
      await rm(folder, { recursive: true });
    },
  };
}

async function describe(file: Uint8Array): Promise<Omit<PictureJob['file'], 'path'>> {
  const { format, width, height } = await sharp(file).metadata();
  const sha256 = createHash('sha256').update(file).digest('hex');
  return { format, width, height, orientation: 1, sizeBytes: file.length, sha256 };
}
