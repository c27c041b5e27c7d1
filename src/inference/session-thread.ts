// The program of a session thread: holds ONNX sessions and does one thing after the other.
import { isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { env } from 'onnxruntime-node';
import { openModelSession, type ModelSession } from './model-session.js';
import { packTensors } from './pack-tensors.js';
import { probeProviders } from './probe-providers.js';
import { emptyTile } from './picture-session.js';
import type {
  ColumnsPlan,
  FromThread,
  LoadAnswer,
  SessionPlan,
  ThreadSettings,
  ToThread,
} from './thread-protocol.js';

// Loaded in the main thread (by a tool or a test) this file does nothing.
if (!isMainThread && parentPort !== null) serve(parentPort, workerData as ThreadSettings);

function serve(port: MessagePort, requested: ThreadSettings): void {
  // What goes wrong is thrown and logged as JSON by the main thread; the library would print it as well.
  env.logLevel = 'fatal';
  const sessions = new Map<number, ModelSession>();
  const say = (message: FromThread, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

  const probed = probeProviders(requested).then(({ providers, refused }) => {
    say({ kind: 'ready', providers, refused });
    return { ...requested, providers };
  });
  let last: Promise<unknown> = probed;
  // Native calls block this thread anyway; in turn, none is measured with the time of another.
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const done = last.then(step, step);
    last = done;
    return done;
  };

  port.on('message', (message: ToThread) => {
    switch (message.kind) {
      case 'run':
        return void orSay(message.id, () => inTurn(() => run(message)));
      case 'run-tiles':
        return void orSay(message.id, () => inTurn(() => runTiles(message)));
      case 'load':
        return void orSay(message.id, () => load(message));
      case 'unload':
        return void inTurn(() => unload(message.session));
      case 'close':
        return void inTurn(closeThread);
    }
  });

  async function orSay(id: number, call: () => Promise<void>): Promise<void> {
    try {
      await call();
    } catch (error) {
      say({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  async function run({ id, session, tensors, rows }: ToThread & { kind: 'run' }): Promise<void> {
    const found = sessions.get(session);
    if (found === undefined) throw new Error('it is not loaded');
    const answer = await found.run(tensors, rows);
    say({ kind: 'ran', id, answer }, [answer.values.buffer]);
  }

  async function runTiles({ id, session, tiles }: ToThread & { kind: 'run-tiles' }): Promise<void> {
    const found = sessions.get(session);
    if (found === undefined) throw new Error('it is not loaded');
    const answer = await found.runTiles(tiles);
    const buffers = [...answer.outputs.map(({ data }) => data), ...answer.tiles].map(({ buffer }) => buffer);
    say({ kind: 'ran-tiles', id, answer }, buffers);
  }

  async function load({ id, session, plan }: ToThread & { kind: 'load' }): Promise<void> {
    const answer = await open(session, plan);
    say({ kind: 'loaded', id, answer });
  }

  // Opened and warmed in several turns, so that calls of other models come in between.
  async function open(number: number, plan: SessionPlan): Promise<LoadAnswer> {
    let bytes = 0;
    const measured = <T>(step: () => Promise<T>) =>
      inTurn(async () => {
        const before = process.memoryUsage.rss();
        const result = await step();
        bytes += process.memoryUsage.rss() - before;
        return result;
      });
    const session = await measured(async () => openModelSession(plan, await probed));
    try {
      for (const rows of plan.warmUpRows) await measured<unknown>(() => warmUp(plan, session, rows));
    } catch (error) {
      await inTurn(() => session.release());
      throw error;
    }
    sessions.set(number, session);
    const { types, fellBack, fileBytes } = session;
    return { types, fellBack, bytes: Math.max(plan.memoryBytes ?? bytes, fileBytes) };
  }

  async function unload(number: number): Promise<void> {
    const session = sessions.get(number);
    sessions.delete(number);
    // Forgotten it is either way.
    await session?.release().catch(() => undefined);
  }

  async function closeThread(): Promise<void> {
    for (const session of sessions.values()) await session.release();
    port.close();
  }
}

function warmUp(plan: SessionPlan, session: ModelSession, rows: number): Promise<unknown> {
  return plan.kind === 'columns'
    ? session.run(warmUpTensors(plan, session, rows), rows)
    : session.runTiles(Array.from({ length: rows }, () => emptyTile(plan)));
}

function warmUpTensors({ inputs }: ColumnsPlan, { types }: ModelSession, rows: number) {
  const samples = inputs.flatMap(({ columns }) =>
    columns.map(({ feature, sample }) => [feature, Array.from({ length: rows }, () => sample)] as const),
  );
  return packTensors(inputs, types, Object.fromEntries(samples), rows);
}
