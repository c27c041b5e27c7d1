// One life of a plugin's thread: hands it one message at a time, sees whether it still moves, and ends it when it does not.
import { Worker } from 'node:worker_threads';
import { within } from '../time-limit.js';
import { createActivityMemory, openActivity, type MonitorCall } from './plugin-activity.js';
import type { PluginLimits } from './plugin-limits.js';
import type { FromPlugin, PluginThreadSettings, ToPlugin } from './plugin-protocol.js';

/** A plugin stuck in native code cannot be ended; nobody waits for it longer than this. */
const END_MS = 1000;
/** Looks at the thread within `silentMs`. Looks are counted, not time: while the whole process stands still, nothing is late. */
const LOOKS = 10;

/** How a thread ended: a sentence, the call it was making, and whether it had come so far as to make any. */
export interface ThreadEnd {
  readonly reason: string;
  readonly call: MonitorCall | undefined;
  readonly wasReady: boolean;
}

/** A thread from its start to its end. */
export interface PluginWorker {
  /** Whether it can be sent calls: it is ready and has done with the last ones. */
  isFree(): boolean;
  send(calls: ToPlugin): void;
  /** The call it is making, and for how long already. */
  busy(): (MonitorCall & { readonly ms: number }) | undefined;
  /** Ends it, whatever it is doing, without `onEnd`. Resolves soon in any case. */
  end(): Promise<void>;
}

/** Starts the thread. `onFree` comes when it is ready and after each message it has worked off. */
export function startPluginWorker({
  threadUrl,
  address,
  limits: { silentMs, heapMb },
  onFree,
  onSaid,
  onEnd,
}: {
  /** The compiled `plugin-thread.js`. */
  readonly threadUrl: URL;
  readonly address: string;
  readonly limits: PluginLimits;
  readonly onFree: () => void;
  readonly onSaid: (
    message: Exclude<FromPlugin, { readonly kind: 'ready' } | { readonly kind: 'done' }>,
  ) => void;
  /** Called once, when it ended or was ended because it did not move any more. */
  readonly onEnd: (end: ThreadEnd) => void;
}): PluginWorker {
  const memory = createActivityMemory();
  const activity = openActivity(memory);
  const worker = new Worker(threadUrl, {
    workerData: { address, activity: memory } satisfies PluginThreadSettings,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
    name: 'vigie-monitor-plugin',
  });
  let wasReady = false;
  let isFree = false;
  let isEnding = false;
  let reason: string | undefined;
  let steps = 0n;
  let looksWithoutMove = 0;

  const watch = setInterval(() => {
    const seen = activity.look();
    looksWithoutMove = isFree || seen.steps !== steps ? 0 : looksWithoutMove + 1;
    steps = seen.steps;
    if (looksWithoutMove < LOOKS) return;
    reason ??= `made no progress for ${sayMs(silentMs)} and was ended`;
    void worker.terminate();
  }, silentMs / LOOKS);

  worker.on('message', (message: FromPlugin) => {
    if (message.kind !== 'ready' && message.kind !== 'done') {
      onSaid(message);
      return;
    }
    wasReady = true;
    isFree = true;
    onFree();
  });
  worker.on(
    'error',
    (error) => (reason ??= `died: ${error instanceof Error ? error.message : String(error)}`),
  );
  worker.on('exit', (exitCode) => {
    clearInterval(watch);
    isFree = false;
    if (isEnding) return;
    isEnding = true;
    onEnd({
      reason: reason ?? `ended itself with exit code ${exitCode}`,
      call: activity.look().call,
      wasReady,
    });
  });

  return {
    isFree: () => isFree,
    send: (calls) => {
      isFree = false;
      looksWithoutMove = 0;
      worker.postMessage(calls);
    },
    busy: () => activity.look().call,
    end: async () => {
      isEnding = true;
      clearInterval(watch);
      await within(END_MS, worker.terminate(), 'it cannot be ended').catch(() => undefined);
    },
  };
}

/** A duration for people: `340 ms`, `2.5 s`. */
export function sayMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
