// The main thread's end of the picture thread: pictures go in, their tiles come out, and outputs become what was found.
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { AppError, toErrorCode } from '../errors.js';
import type { OutputTensor } from './decode-boxes.js';
import type {
  FromPictureThread,
  PictureJob,
  PictureProgress,
  PictureResult,
  PictureThreadSettings,
  Tile,
  TileFailure,
  TilePlace,
  ToPictureThread,
} from './picture-protocol.js';

export interface OutgoingTile {
  readonly place: TilePlace;
  readonly values: Tile;
  readonly alone: boolean;
}

export interface PictureRun {
  /** Takes a tile to be run; the answer goes to `ran` or `failed`. */
  readonly onTile: (tile: OutgoingTile) => void;
  readonly onProgress: (progress: PictureProgress) => void;
  /** Aborted with the error the run is to reject with. */
  readonly signal: AbortSignal;
}

export interface Pictures {
  /**
   * Works on one picture beside others. Rejects with IMAGE_REJECTED when it cannot be read, INFERENCE_FAILED when a tile of it
   * fails alone, the signal's reason, and UNAVAILABLE when the thread dies or is closed.
   */
  run(job: PictureJob, run: PictureRun): Promise<PictureResult>;
  /** Row `i` of every output is that of `places[i]`. */
  ran(places: readonly TilePlace[], outputs: readonly OutputTensor[], tiles: readonly Tile[]): void;
  failed(places: readonly TilePlace[], failure: TileFailure): void;
  close(): Promise<void>;
}

export interface PicturesOptions extends PictureThreadSettings {
  readonly log: Logger;
  /** The compiled thread program; the one beside this file when unset. */
  readonly threadUrl?: URL;
}

interface UnderWay extends PictureRun {
  readonly settle: (outcome: PictureResult | Error) => void;
}

const GIVEN_UP: TileFailure = { code: 'UNAVAILABLE', message: 'The picture was given up.', final: true };

/** The thread starts with the first picture, and anew with the next one after it died. */
export function createPictures({ maxTiles, log, threadUrl }: PicturesOptions): Pictures {
  const url = threadUrl ?? new URL('./picture-thread.js', import.meta.url);
  const underWay = new Map<number, UnderWay>();
  let thread: Worker | undefined;
  let lastPicture = 0;
  let closed = false;

  const say = (message: ToPictureThread, transfer: readonly ArrayBuffer[] = []): void => {
    thread?.postMessage(message, transfer);
  };
  const finish = (picture: number, outcome: PictureResult | Error) => {
    underWay.get(picture)?.settle(outcome);
    underWay.delete(picture);
  };
  const hear = (message: FromPictureThread) => {
    switch (message.kind) {
      case 'tile': {
        const run = underWay.get(message.place.picture);
        // Given up meanwhile: the thread waits for every tile it sent out.
        if (run === undefined) say({ kind: 'failed', places: [message.place], failure: GIVEN_UP });
        else run.onTile(message);
        return;
      }
      case 'progress':
        underWay.get(message.picture)?.onProgress(message.progress);
        return;
      case 'done':
        finish(message.picture, message.result);
        return;
      case 'given-up': {
        const { picture, code, detail } = message;
        if (code === 'INTERNAL') log.error({ detail }, 'a picture failed unexpectedly');
        finish(picture, new AppError(toErrorCode(code), message.message));
        return;
      }
    }
  };
  const start = (): Worker => {
    const settings: PictureThreadSettings = { maxTiles };
    const worker = new Worker(url, { workerData: settings, name: 'vigie-pictures' });
    worker.on('message', hear);
    worker.on('error', (err) => log.error({ err }, 'the picture thread failed'));
    worker.on('exit', (exitCode) => {
      if (thread === worker) thread = undefined;
      if (!closed) log.error({ exitCode }, 'the picture thread stopped; the next picture starts another');
      for (const picture of [...underWay.keys()])
        finish(picture, new AppError('UNAVAILABLE', 'The thread that reads pictures stopped; retry soon.'));
    });
    return worker;
  };

  return {
    run(job, run) {
      if (closed)
        return Promise.reject(new AppError('UNAVAILABLE', 'Inference is shutting down; retry soon.'));
      thread ??= start();
      lastPicture += 1;
      const picture = lastPicture;
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          say({ kind: 'cancel', picture });
          const reason: unknown = run.signal.reason;
          finish(picture, reason instanceof Error ? reason : new AppError('DEADLINE_EXCEEDED'));
        };
        const settle = (outcome: PictureResult | Error) => {
          run.signal.removeEventListener('abort', giveUp);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        };
        underWay.set(picture, { ...run, settle });
        say({ kind: 'start', picture, job });
        if (run.signal.aborted) giveUp();
        else run.signal.addEventListener('abort', giveUp, { once: true });
      });
    },
    ran(places, outputs, tiles) {
      const memory = [...outputs.map(({ data }) => data), ...tiles]
        .map(({ buffer }) => buffer)
        .filter((buffer) => buffer instanceof ArrayBuffer);
      say({ kind: 'ran', places, outputs, tiles }, memory);
    },
    failed: (places, failure) => say({ kind: 'failed', places, failure }),
    async close() {
      closed = true;
      const worker = thread;
      if (worker === undefined) return;
      // It ends by itself between its steps: a library may be at work on a picture just now.
      const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      say({ kind: 'close' });
      await gone;
    },
  };
}
