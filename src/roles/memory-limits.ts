// How much memory a worker may use where the settings do not say: shares of what this machine or container has.
import { totalmem } from 'node:os';
import type { Config } from '../config.js';

const MIB = 1024 * 1024;

/** In bytes. `available` is the container's limit or, where there is none, the machine's memory. */
export function memoryLimits(
  { memoryMb, workerMemoryMb }: Pick<Config['inference'], 'memoryMb' | 'workerMemoryMb'>,
  available = memoryThereIs(),
): { readonly sessionBytes: number; readonly workerBytes: number } {
  return {
    // The other half is for batches, the program, and a version that is loaded before its predecessor goes.
    sessionBytes: memoryMb === undefined ? available / 2 : memoryMb * MIB,
    // Before the kernel kills it.
    workerBytes: workerMemoryMb === undefined ? (available * 4) / 5 : workerMemoryMb * MIB,
  };
}

function memoryThereIs(): number {
  // Without a limit Node answers zero, nothing or a number beyond any memory, each in its version.
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
