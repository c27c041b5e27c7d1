// Keeps the monitors of one outside plugin running in a thread of their own, through its ends and new starts.
import type { Logger } from 'pino';
import { createCallLine } from './call-line.js';
import type { OutsidePlugin } from './load-plugins.js';
import type { OnFailure } from './monitor-record.js';
import { createMonitorReplay } from './monitor-replay.js';
import type { MonitorSubject } from './monitor.js';
import type { PluginLimits } from './plugin-limits.js';
import type { PluginCall } from './plugin-protocol.js';
import { createPluginQuestions, type PluginAnswer } from './plugin-questions.js';
import { sayMs, startPluginWorker, type PluginWorker, type ThreadEnd } from './plugin-worker.js';
import { createThreadMonitor, type OpenMonitor, type ThreadMonitor } from './thread-monitor.js';

/** A plugin and its thread. */
export interface PluginRunner {
  /** Resolves when the thread can work, or has ended in the attempt. */
  readonly ready: Promise<void>;
  /** Creates a monitor for `subject`. */
  open(subject: MonitorSubject, onFailure: OnFailure): ThreadMonitor;
  /** Ends the thread, whatever it is doing. */
  stop(): Promise<void>;
}

/** What to run, and within which limits. */
export interface PluginRunnerOptions {
  readonly plugin: OutsidePlugin;
  /** The compiled `plugin-thread.js`. */
  readonly threadUrl: URL;
  readonly limits: PluginLimits;
  readonly log: Logger;
}

/**
 * Starts the thread. One that ends, by itself or because a call in it lasted too long, is started again after a pause: the
 * monitor whose call it was begins afresh, the others continue from where they stood; where it is not known, all begin afresh.
 */
export function startPluginRunner({ plugin, threadUrl, limits, log }: PluginRunnerOptions): PluginRunner {
  const line = createCallLine(limits.waitingRows);
  const questions = createPluginQuestions(limits.answerMs);
  const monitors = new Map<number, OpenMonitor>();
  let worker: PluginWorker;
  let isUp = false;
  let startedAt = 0;
  let endsInARow = 0;
  let restart: NodeJS.Timeout | undefined;
  let nextNumber = 0;
  let whenReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (whenReady = resolve));

  const start = (): PluginWorker => {
    startedAt = performance.now();
    return startPluginWorker({
      ...{ threadUrl, address: plugin.address, limits },
      onFree: () => {
        isUp = true;
        whenReady();
        pump();
      },
      onSaid: (message) => {
        if (message.kind !== 'failed') questions.answer(message);
        else monitors.get(message.monitor)?.onFailure(message.method, message.message, message.times);
      },
      onEnd: beginAgain,
    });
  };
  const pump = () => {
    while (worker.isFree() && !line.isEmpty()) {
      const calls = line.take().filter((call) => !('id' in call) || questions.isOpen(call.id));
      if (calls.length > 0) worker.send(calls);
    }
  };
  const add = (call: PluginCall) => {
    line.add(call);
    pump();
  };

  const beginAgain = ({ reason, call, wasReady }: ThreadEnd) => {
    isUp = false;
    questions.giveUp();
    line.clear();
    endsInARow = performance.now() - startedAt > limits.steadyMs ? 1 : endsInARow + 1;
    const pauseMs = Math.min(limits.maxPauseMs, limits.pauseMs * 2 ** (endsInARow - 1));
    const where = call === undefined ? 'outside any call' : whereIs(call);
    for (const [number, monitor] of monitors) {
      const isAtFault = call === undefined ? wasReady : call.monitor === number;
      const replay = isAtFault ? undefined : monitor.replay.calls();
      if (replay === undefined) monitor.replay = createMonitorReplay(number, limits.waitingRows);
      line.add({ kind: 'create', monitor: number, subject: monitor.subject });
      for (const one of replay ?? []) line.add(one);
      const from = replay === undefined ? 'afresh' : 'from where it stood';
      const again = `this monitor begins ${from} in ${sayMs(pauseMs)}`;
      if (isAtFault && call !== undefined) monitor.onFailure(call.method, `the plugin ${reason}; ${again}`);
      else monitor.onFailure('thread', `the plugin, ${where}, ${reason}; ${again}`);
    }
    log.error(
      { plugin: plugin.definition.name, reason, where, pauseMs },
      'the thread of a monitor plugin ended',
    );
    restart = setTimeout(() => (worker = start()), pauseMs);
    whenReady();
  };
  const whereIs = ({ monitor, method }: { readonly monitor: number; readonly method: string }) =>
    `in "${method}" for ${monitors.get(monitor)?.subject.manifest.name ?? 'a model it no longer watches'}`;

  /** A plugin that is known to hang, or is not there, is not waited for. */
  const ask = async (
    call: (id: number) => PluginCall,
    onLate: () => void,
  ): Promise<PluginAnswer | undefined> => {
    if (!isUp) return undefined;
    if ((worker.busy()?.ms ?? 0) >= limits.answerMs) {
      onLate();
      return undefined;
    }
    const id = nextNumber++;
    const answer = questions.open(id, onLate);
    add(call(id));
    return await answer;
  };
  const tellLate = (number: number, onFailure: OnFailure) => {
    const busy = worker.busy();
    const late = `no answer within ${sayMs(limits.answerMs)}`;
    if (busy === undefined) onFailure('evaluate', `${late}: ${line.rows()} rows wait for the plugin`);
    else if (busy.monitor === number) onFailure(busy.method, `${late}: busy for ${sayMs(busy.ms)}`);
    else onFailure('evaluate', `${late}: the plugin is busy ${whereIs(busy)} for ${sayMs(busy.ms)}`);
  };

  const open: PluginRunner['open'] = (subject, onFailure) => {
    const number = nextNumber++;
    const monitor: OpenMonitor = {
      subject,
      onFailure,
      replay: createMonitorReplay(number, limits.waitingRows),
    };
    monitors.set(number, monitor);
    add({ kind: 'create', monitor: number, subject });
    return createThreadMonitor({
      ...{ number, monitor, line, add, ask },
      onLate: () => tellLate(number, onFailure),
      onClose: () => monitors.delete(number),
    });
  };

  worker = start();
  return {
    ready,
    open,
    stop: async () => {
      isUp = false;
      clearTimeout(restart);
      await worker.end();
      questions.giveUp();
    },
  };
}
