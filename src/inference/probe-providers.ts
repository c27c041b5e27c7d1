// Finds out which execution providers this machine can really make a session with; runs in a session thread.
import { InferenceSession } from 'onnxruntime-node';
import { writeModel } from '../onnx/write-model.js';
import { sessionOptions } from './model-session.js';
import type { RefusedProvider, ThreadSettings } from './thread-protocol.js';

/** The requested providers that work, in order and `cpu` always last, and why each other one does not. */
export async function probeProviders(
  settings: ThreadSettings,
): Promise<{ providers: string[]; refused: RefusedProvider[] }> {
  const providers: string[] = [];
  const refused: RefusedProvider[] = [];
  for (const provider of new Set(settings.providers)) {
    if (provider === 'cpu') continue;
    try {
      const session = await InferenceSession.create(
        identityModel(),
        sessionOptions([provider], { intraOpNumThreads: 1 }),
      );
      await session.release();
      providers.push(provider);
    } catch (error) {
      refused.push({ provider, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { providers: [...providers, 'cpu'], refused };
}

// The smallest graph there is: whether a provider's libraries load does not depend on the model.
function identityModel(): Uint8Array {
  return writeModel({
    name: 'probe',
    inputs: [{ name: 'x', type: 'float32', shape: ['rows', 1] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['rows', 1] }],
    initializers: [],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
  });
}
