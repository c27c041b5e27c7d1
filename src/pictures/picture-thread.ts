// The program of the picture thread: reads pictures, cuts tiles, and makes detections of what comes back.
import { isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { AppError } from '../errors.js';
import { createPermits } from './permits.js';
import type { FromPictureThread, PictureThreadSettings, Tile, ToPictureThread } from './picture-protocol.js';
import { startPicture, type PictureWork } from './picture-work.js';

// Loaded in the main thread (by a tool or a test) this file does nothing.
if (!isMainThread && parentPort !== null) serve(parentPort, workerData as PictureThreadSettings);

function serve(port: MessagePort, { maxTiles }: PictureThreadSettings): void {
  const works = new Map<number, PictureWork>();
  const permits = createPermits(maxTiles);
  const spare: Tile[] = [];
  let closing = false;

  const say = (message: FromPictureThread, transfer: ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);
  const closeWhenIdle = () => {
    if (closing && works.size === 0) port.close();
  };
  const start = ({ picture, job }: ToPictureThread & { kind: 'start' }) => {
    const work = startPicture(job, {
      permits,
      takeMemory: (length) => takeSpare(spare, job.input.type, length),
      sendTile: (tile, values, alone) =>
        say({ kind: 'tile', place: { picture, tile }, values, alone }, [values.buffer]),
      onProgress: (progress) => say({ kind: 'progress', picture, progress }),
    });
    works.set(picture, work);
    work.result
      .then(
        (result) => say({ kind: 'done', picture, result }),
        (error: unknown) => {
          const known =
            error instanceof AppError ? error : new AppError('INTERNAL', undefined, { cause: error });
          const { code, message } = known;
          say({ kind: 'given-up', picture, code, message, detail: detailOf(error) });
        },
      )
      .finally(() => {
        works.delete(picture);
        closeWhenIdle();
      });
  };

  port.on('message', (message: ToPictureThread) => {
    switch (message.kind) {
      case 'start':
        start(message);
        return;
      case 'ran': {
        spare.push(...message.tiles.slice(0, Math.max(0, maxTiles - spare.length)));
        for (const [row, { picture, tile }] of message.places.entries()) {
          permits.give();
          works.get(picture)?.ran(tile, message.outputs, row, message.places.length);
        }
        return;
      }
      case 'failed':
        for (const { picture, tile } of message.places) {
          permits.give();
          works.get(picture)?.failed(tile, message.failure);
        }
        return;
      case 'cancel':
        works.get(message.picture)?.cancel();
        return;
      case 'close':
        closing = true;
        for (const work of works.values()) work.cancel();
        closeWhenIdle();
        return;
    }
  });
}

/** Memory of an earlier tile of the same kind and size, else new. */
function takeSpare(spare: Tile[], type: 'float32' | 'uint8', length: number): Tile {
  const at = spare.findIndex(
    (tile) => tile.length === length && tile instanceof Float32Array === (type === 'float32'),
  );
  const [found] = at < 0 ? [] : spare.splice(at, 1);
  if (found !== undefined) return found;
  // Another model's: what is not wanted now would only pile up.
  spare.length = 0;
  return type === 'float32' ? new Float32Array(length) : new Uint8Array(length);
}

function detailOf(error: unknown): string | undefined {
  const cause = error instanceof AppError ? error.cause : error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : undefined;
}
