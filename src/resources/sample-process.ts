// Measures this process, the machine or container it runs in, and the disk of the data folder.
import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { ResourceSample } from '../events/resource-sample.js';
import { readContainer } from './read-container.js';

const LOOP_RESOLUTION_MS = 20;

/** What is seen from inside one process. */
export interface ProcessSampler {
  /** Cpu and event loop since the call before, or since the start; a disk that cannot be asked is null. */
  sample(): Promise<Pick<ResourceSample, 'process' | 'machine' | 'disk'>>;
  stop(): void;
}

/** Starts watching the event loop; `dataDir` need not exist. */
export function createProcessSampler({ dataDir }: { readonly dataDir: string }): ProcessSampler {
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  let cpu = process.cpuUsage();
  let since = process.hrtime.bigint();
  return {
    async sample() {
      const [{ cores, memory }, disk] = await Promise.all([readContainer(), diskOf(dataDir)]);
      const now = process.hrtime.bigint();
      const used = process.cpuUsage(cpu);
      const elapsedUs = Math.max(1, Number(now - since) / 1000);
      cpu = process.cpuUsage();
      since = now;
      const available = Math.min(cores ?? Infinity, availableParallelism());
      const { used_heap_size: heapUsedBytes, heap_size_limit: heapLimitBytes } = getHeapStatistics();
      // A timer that is called in time counts as the resolution itself.
      const delayMs = loop.percentile(99) / 1e6 - LOOP_RESOLUTION_MS;
      loop.reset();
      return {
        process: {
          cpuShare: (used.user + used.system) / elapsedUs / available,
          residentBytes: process.memoryUsage.rss(),
          heapUsedBytes,
          heapLimitBytes,
          eventLoopDelaySeconds: Number.isFinite(delayMs) ? Math.max(0, delayMs) / 1000 : 0,
        },
        machine:
          memory !== undefined && memory.limitBytes < totalmem()
            ? { memoryUsedBytes: memory.usedBytes, memoryLimitBytes: memory.limitBytes }
            : { memoryUsedBytes: totalmem() - freemem(), memoryLimitBytes: totalmem() },
        disk,
      };
    },
    stop: () => void loop.disable(),
  };
}

/** As `df` counts: what only the superuser may use is not there. */
async function diskOf(folder: string): Promise<ResourceSample['disk']> {
  try {
    const { bsize, blocks, bfree, bavail } = await statfs(folder);
    return { freeBytes: bavail * bsize, totalBytes: Math.max(0, blocks - bfree + bavail) * bsize };
  } catch {
    return null;
  }
}
