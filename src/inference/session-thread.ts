// The program of a session thread: holds ONNX sessions and runs them one call after the other.
import { isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { env } from 'onnxruntime-node';
import { openModelSession, type ModelSession } from './model-session.js';
import { probeProviders } from './probe-providers.js';
import type { FromThread, ThreadCall, ThreadSettings, ToThread } from './thread-protocol.js';

// Loaded in the main thread (by a tool or a test) this file does nothing.
if (!isMainThread && parentPort !== null) serve(parentPort, workerData as ThreadSettings);

function serve(port: MessagePort, requested: ThreadSettings): void {
  // What goes wrong is thrown and logged as JSON by the main thread; the library would print it as well.
  env.logLevel = 'fatal';
  const sessions = new Map<string, ModelSession>();
  const say = (message: FromThread, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

  // Native calls block this thread anyway; the chain keeps the pauses between them from interleaving calls.
  let last = probeProviders(requested).then(({ providers, refused }) => {
    say({ kind: 'ready', providers, refused });
    return { ...requested, providers };
  });
  port.on('message', (message: ToThread) => {
    last = last.then(async (settings) => {
      if ('kind' in message) await closeThread();
      else await answer(message.id, message.call, settings);
      return settings;
    });
  });

  async function answer(id: number, call: ThreadCall, settings: ThreadSettings): Promise<void> {
    try {
      if (call.kind === 'load') {
        const fellBack = await load(call, settings);
        say({ kind: 'loaded', id, answer: { fellBack } });
        return;
      }
      const session = sessions.get(call.key);
      if (session === undefined) throw new Error('it is not loaded');
      const ran = await session.run(call.tensors, call.rows);
      say({ kind: 'ran', id, answer: ran }, [ran.values.buffer]);
    } catch (error) {
      say({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  async function load(
    { plan, warmUps }: ThreadCall & { kind: 'load' },
    settings: ThreadSettings,
  ): Promise<string | undefined> {
    const session = await openModelSession(plan, settings);
    try {
      for (const { tensors, rows } of warmUps) await session.run(tensors, rows);
    } catch (error) {
      await session.release();
      throw error;
    }
    sessions.set(plan.key, session);
    return session.fellBack;
  }

  async function closeThread(): Promise<void> {
    for (const session of sessions.values()) await session.release();
    port.close();
  }
}
