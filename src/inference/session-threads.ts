// How many session threads hold a model, and over how many cores each of them spreads an operator.
import type { ModelManifest } from '../manifest/model-manifest.js';

export interface SessionThreads {
  /**
   * For models of feature columns: their calls are short, and batches gather what comes at once. Two sessions of one core each
   * get more done than one of two cores, which wait for each other after every operator.
   */
  readonly threads: number;
  /** For models of pictures, whose tiles are many and slow. */
  readonly pictureThreads: number;
  /** Processor cores they share. */
  readonly cores: number;
}

// Every session takes memory, and a lone call is slower on fewer cores.
const MOST_THREADS = 2;
const MOST_PICTURE_THREADS = 4;

/** On a device other than the CPU one session can use all of it, and more only take its memory. */
export function planSessionThreads(asked: {
  readonly threads?: number | undefined;
  readonly pictureThreads?: number | undefined;
  readonly cores: number;
  readonly providers: readonly string[];
}): SessionThreads {
  const cores = Math.max(1, asked.cores);
  const onCpu = asked.providers.every((provider) => provider === 'cpu');
  const threads = Math.max(1, asked.threads ?? (onCpu ? Math.min(cores, MOST_THREADS) : 1));
  const usual = onCpu ? Math.max(threads, Math.min(cores, MOST_PICTURE_THREADS)) : threads;
  return { threads, pictureThreads: asked.pictureThreads ?? usual, cores };
}

type Planned = Pick<ModelManifest, 'image' | 'inference'>;

/** The threads that hold this model: as its manifest says, as far as there are so many. */
export function threadsOf(
  { image, inference }: Planned,
  { threads, pictureThreads }: SessionThreads,
): number {
  const usual = image === undefined ? threads : pictureThreads;
  return Math.min(inference.threads ?? usual, Math.max(threads, pictureThreads));
}

/** The cores over which each of them spreads an operator: those of the machine, shared by as many as usually hold such a model. */
export function coresOf({ image, inference }: Planned, threads: SessionThreads): number {
  const beside = image === undefined ? threads.threads : threads.pictureThreads;
  return inference.intraOpNumThreads ?? Math.max(1, Math.floor(threads.cores / beside));
}
