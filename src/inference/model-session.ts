// One ONNX session in a session thread: opened from verified bytes, warmed, run.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { feedTensors, tensorType } from './feed-tensors.js';
import { readOutput } from './read-output.js';
import type { RunAnswer, SessionPlan, TensorValues, ThreadSettings } from './thread-protocol.js';

export interface ModelSession {
  /** Why the session runs on the CPU though other providers work; undefined when it does not. */
  readonly fellBack: string | undefined;
  run(tensors: readonly TensorValues[], rows: number): Promise<RunAnswer>;
  release(): Promise<void>;
}

/** Opens the planned file; throws when its bytes are not those of the version or do not fit the plan. */
export async function openModelSession(plan: SessionPlan, settings: ThreadSettings): Promise<ModelSession> {
  const bytes = await readFile(plan.onnxPath);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== plan.sha256)
    throw new Error(`${plan.onnxPath} has SHA-256 ${sha256}, version.json says ${plan.sha256}`);
  const { session, fellBack } = await createSession(bytes, settings);
  try {
    for (const input of plan.inputs) tensorType(input, session.inputMetadata);
    if (!session.outputNames.includes(plan.output.tensor))
      throw new Error(
        `the manifest answers from output "${plan.output.tensor}", model.onnx gives ${session.outputNames.map((n) => `"${n}"`).join(', ')}`,
      );
  } catch (error) {
    await session.release();
    throw error;
  }
  return {
    fellBack,
    run: async (tensors, rows) => {
      const startedAt = performance.now();
      const feeds = feedTensors(plan.inputs, session.inputMetadata, tensors, rows);
      // Only the answering output is fetched: others may be of a kind that cannot be read from Node.
      const answers: Readonly<Record<string, Tensor>> = await session.run(feeds, [plan.output.tensor]);
      const values = readOutput(plan.output, answers[plan.output.tensor], rows);
      return { values, computeMs: performance.now() - startedAt };
    },
    release: () => session.release(),
  };
}

/** Options of every session this project makes. */
export function sessionOptions(
  settings: ThreadSettings,
  providers: readonly string[],
): InferenceSession.SessionOptions {
  return {
    executionProviders: [...providers],
    intraOpNumThreads: settings.intraOpNumThreads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  };
}

async function createSession(
  bytes: Uint8Array,
  settings: ThreadSettings,
): Promise<{ session: InferenceSession; fellBack: string | undefined }> {
  const create = (providers: readonly string[]) =>
    InferenceSession.create(bytes, sessionOptions(settings, providers));
  try {
    return { session: await create(settings.providers), fellBack: undefined };
  } catch (error) {
    if (settings.providers.every((p) => p === 'cpu')) throw error;
    // A device may be too small or lack an operator; what the CPU can do is still served.
    return { session: await create(['cpu']), fellBack: String(error) };
  }
}
