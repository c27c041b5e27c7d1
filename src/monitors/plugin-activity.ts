// Shared memory in which a plugin's thread shows which call it is making and since when, for whoever waits for it outside.
import { MONITOR_METHODS, type MonitorMethod } from './guarded-monitor.js';

/** A call under way: the number of its monitor, and the method. */
export interface MonitorCall {
  readonly monitor: number;
  readonly method: MonitorMethod;
}

/** The same memory, seen from either thread. */
export interface PluginActivity {
  begin(call: MonitorCall): void;
  end(): void;
  /** `steps` changes with every call begun or ended; `call` is undefined between calls, `ms` is how long it lasts already. */
  look(): { readonly steps: bigint; readonly call: (MonitorCall & { readonly ms: number }) | undefined };
}

/** Memory to open in both threads, showing no call. */
export function createActivityMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * BigInt64Array.BYTES_PER_ELEMENT);
}

const STEPS = 0;
const MONITOR = 1;
/** The place of the method in MONITOR_METHODS, from 1; 0 between calls. */
const METHOD = 2;
/** By the one clock that all threads of a process share. */
const SINCE_NS = 3;

/** Opens memory of `createActivityMemory`. */
export function openActivity(memory: SharedArrayBuffer): PluginActivity {
  const cells = new BigInt64Array(memory);
  return {
    begin: ({ monitor, method }) => {
      Atomics.store(cells, MONITOR, BigInt(monitor));
      Atomics.store(cells, SINCE_NS, process.hrtime.bigint());
      Atomics.store(cells, METHOD, BigInt(MONITOR_METHODS.indexOf(method) + 1));
      Atomics.add(cells, STEPS, 1n);
    },
    end: () => {
      Atomics.store(cells, METHOD, 0n);
      Atomics.add(cells, STEPS, 1n);
    },
    look: () => {
      const method = MONITOR_METHODS[Number(Atomics.load(cells, METHOD)) - 1];
      const ms = Number(process.hrtime.bigint() - Atomics.load(cells, SINCE_NS)) / 1e6;
      const call =
        method === undefined ? undefined : { monitor: Number(Atomics.load(cells, MONITOR)), method, ms };
      return { steps: Atomics.load(cells, STEPS), call };
    },
  };
}
