// One ONNX session in a session thread: opened from verified bytes, run.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { elementTypes } from './element-types.js';
import { checkTileType, runTiles } from './picture-session.js';
import { readOutput } from './read-output.js';
import type {
  ColumnsPlan,
  ElementType,
  RunAnswer,
  SessionChoices,
  SessionPlan,
  TensorValues,
  ThreadSettings,
  Tile,
  TilesAnswer,
} from './thread-protocol.js';

export interface ModelSession {
  readonly types: readonly ElementType[];
  readonly fileBytes: number;
  /** Why the session runs on the CPU though other providers work; undefined when it does not. */
  readonly fellBack: string | undefined;
  run(tensors: readonly TensorValues[], rows: number): Promise<RunAnswer>;
  runTiles(tiles: readonly Tile[]): Promise<TilesAnswer>;
  release(): Promise<void>;
}

/** Opens the planned file; throws when its bytes are not those of the version or do not fit the plan. */
export async function openModelSession(plan: SessionPlan, settings: ThreadSettings): Promise<ModelSession> {
  const bytes = await readFile(plan.onnxPath);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== plan.sha256)
    throw new Error(`${plan.onnxPath} has SHA-256 ${sha256}, version.json says ${plan.sha256}`);
  const { session, fellBack } = await createSession(bytes, plan, settings);
  try {
    const types = plan.kind === 'columns' ? elementTypes(plan.inputs, session.inputMetadata) : [];
    if (plan.kind === 'pictures') checkTileType(plan.input, session.inputMetadata);
    for (const tensor of plan.kind === 'columns' ? [plan.output.tensor] : plan.outputs)
      checkOutput(tensor, session);
    return {
      types,
      fileBytes: bytes.length,
      fellBack,
      run: (tensors, rows) => {
        if (plan.kind !== 'columns') throw new Error('it is run on pictures');
        return runSession(session, plan, types, tensors, rows);
      },
      runTiles: (tiles) => {
        if (plan.kind !== 'pictures') throw new Error('it is not run on pictures');
        return runTiles(session, plan, tiles);
      },
      release: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

function checkOutput(tensor: string, { outputNames }: InferenceSession): void {
  if (outputNames.includes(tensor)) return;
  throw new Error(
    `the manifest answers from output "${tensor}", model.onnx gives ${outputNames.map((n) => `"${n}"`).join(', ')}`,
  );
}

/** Options of every session this project makes. */
export function sessionOptions(
  providers: readonly string[],
  options: SessionChoices,
): InferenceSession.SessionOptions {
  const { intraOpNumThreads, interOpNumThreads = 1 } = options;
  const { graphOptimizationLevel = 'all', executionMode = 'sequential' } = options;
  const { enableCpuMemArena = true, enableMemPattern = true } = options;
  return {
    executionProviders: [...providers],
    intraOpNumThreads,
    interOpNumThreads,
    graphOptimizationLevel,
    executionMode,
    enableCpuMemArena,
    enableMemPattern,
    // What goes wrong is thrown.
    logSeverityLevel: 4,
    // By default idle threads of the runtime spin, and take the cores from the rest of this process.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  };
}

async function runSession(
  session: InferenceSession,
  { inputs, output }: ColumnsPlan,
  types: readonly ElementType[],
  tensors: readonly TensorValues[],
  rows: number,
): Promise<RunAnswer> {
  const startedAt = performance.now();
  const feeds: Record<string, Tensor> = {};
  inputs.forEach(({ tensor, columns }, i) => {
    const values = tensors[i];
    if (values === undefined) throw new Error(`no values came for tensor "${tensor}"`);
    feeds[tensor] = new Tensor(types[i] ?? 'float32', values, [rows, columns.length]);
  });
  // Only the answering output is fetched: others may be of a kind that cannot be read from Node.
  const answers: Readonly<Record<string, Tensor>> = await session.run(feeds, [output.tensor]);
  const values = readOutput(output, answers[output.tensor], rows);
  return { values, computeMs: performance.now() - startedAt };
}

async function createSession(
  bytes: Uint8Array,
  plan: SessionPlan,
  settings: ThreadSettings,
): Promise<{ session: InferenceSession; fellBack: string | undefined }> {
  const create = (providers: readonly string[]) =>
    InferenceSession.create(bytes, sessionOptions(providers, plan.options));
  const wanted = plan.device === 'cpu' ? ['cpu'] : settings.providers;
  try {
    return { session: await create(wanted), fellBack: undefined };
  } catch (error) {
    if (wanted.every((p) => p === 'cpu')) throw error;
    // A device may be too small or lack an operator; what the CPU can do is still served.
    return { session: await create(['cpu']), fellBack: String(error) };
  }
}
