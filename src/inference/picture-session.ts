// Runs tiles of pictures in an open session: their values become one tensor, and the outputs go back as they are.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { OutputData, OutputTensor, PicturesPlan, Tile, TilesAnswer } from './thread-protocol.js';

/** Throws an error naming the input when the file does not take what the plan puts in. */
export function checkTileType(
  { tensor, type }: PicturesPlan['input'],
  metadata: readonly InferenceSession.ValueMetadata[],
): void {
  const found = metadata.find(({ name }) => name === tensor);
  if (found === undefined)
    throw new Error(
      `the manifest fills tensor "${tensor}", model.onnx takes ${metadata.map((m) => `"${m.name}"`).join(', ')}`,
    );
  if (!found.isTensor || found.type !== type)
    throw new Error(`tensor "${tensor}" of model.onnx does not take pictures as ${type}`);
}

/** A tile of zeros, to warm a session with. */
export function emptyTile({ input }: PicturesPlan): Tile {
  const size = sizeOf(input.shape);
  return input.type === 'float32' ? new Float32Array(size) : new Uint8Array(size);
}

/** Throws an error naming what does not fit: a tile of another size, or an output for another number of tiles. */
export async function runTiles(
  session: InferenceSession,
  { input, outputs }: PicturesPlan,
  tiles: readonly Tile[],
): Promise<TilesAnswer> {
  const startedAt = performance.now();
  const size = sizeOf(input.shape);
  if (tiles.some((tile) => tile.length !== size))
    throw new Error(`a tile has not the ${size} values that input "${input.tensor}" takes`);
  const values = joined(tiles, input.type, size);
  const tensor = new Tensor(input.type, values, [tiles.length, ...input.shape]);
  const answers: Readonly<Record<string, Tensor>> = await session.run({ [input.tensor]: tensor }, [
    ...outputs,
  ]);
  return {
    outputs: outputs.map((name) => outputOf(name, answers[name], tiles.length)),
    tiles,
    computeMs: performance.now() - startedAt,
  };
}

/** One tile is its own tensor; several are put side by side. */
function joined(tiles: readonly Tile[], type: PicturesPlan['input']['type'], size: number): Tile {
  const [first] = tiles;
  if (first !== undefined && tiles.length === 1) return first;
  const values =
    type === 'float32' ? new Float32Array(tiles.length * size) : new Uint8Array(tiles.length * size);
  tiles.forEach((tile, i) => values.set(tile, i * size));
  return values;
}

function outputOf(name: string, tensor: Tensor | undefined, tiles: number): OutputTensor {
  if (tensor === undefined) throw new Error(`model.onnx gave no output "${name}"`);
  const { dims, data } = tensor;
  // Models that end in a selection may drop the axis of the batch, which means the same where there is one.
  if (dims[0] !== tiles && tiles !== 1)
    throw new Error(`output "${name}" is [${dims.join(', ')}] for ${tiles} tiles`);
  return { dims: [...dims], data: owned(name, data) };
}

/** In memory of its own, which can be handed on without copying. */
function owned(name: string, data: Tensor.DataType): OutputData {
  if (
    data instanceof Float32Array ||
    data instanceof Float64Array ||
    data instanceof Int32Array ||
    data instanceof BigInt64Array ||
    data instanceof Uint8Array
  ) {
    const isWhole = data.buffer instanceof ArrayBuffer && data.buffer.byteLength === data.byteLength;
    // A parse boundary: the runtime's types do not say that the memory is no shared one.
    return isWhole ? (data as OutputData) : data.slice();
  }
  throw new Error(`output "${name}" is of a type that cannot be read`);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
