// Sessions: made as the manifest says, warm before they count, let go for want of memory, and loaded again.
import { stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { useInferenceRoom, valueOf } from '../../test/support/inference-room.js';
import { sumModel } from '../../test/support/tiny-model.js';
import { createMetrics } from '../metrics.js';
import type { Graph } from '../onnx/write-model.js';

const room = useInferenceRoom();

describe('sessions', () => {
  const MIB = 1024 * 1024;
  /** Versions of one model that are counted with the given size each. */
  const versionsOf = async (memoryMb: number, versions: readonly number[]) => {
    const { graph, manifest } = sumModel('float32', ['a']);
    const counted = { ...manifest, inference: { memoryMb } };
    return await Promise.all(versions.map((version) => room.modelOf(counted, graph, version)));
  };

  test('the version least recently used goes when memory is wanted, and is loaded again when asked for', async () => {
    const metrics = createMetrics();
    const inference = await room.start({ threads: 1, memoryBytes: 25 * MIB, metrics });
    const [one, two, three] = await versionsOf(10, [1, 2, 3]);
    if (one === undefined || two === undefined || three === undefined) throw new Error('three versions');
    for (const version of [one, two, one, three]) await inference.run(version, { a: [1] }, 1);
    expect(inference.loaded()).toEqual(['sum@1', 'sum@3']);
    expect(await valueOf(metrics.inferenceEvictions)).toBe(1);
    expect(await valueOf(metrics.inferenceSessions)).toBe(2);
    expect(await valueOf(metrics.inferenceSessionBytes)).toBe(20 * MIB);
    expect((await inference.run(two, { a: [7] }, 1)).outputs.value).toEqual([7]);
    expect(inference.loaded()).toEqual(['sum@2', 'sum@3']);
  });

  test('what was loaded stays until another version of its model is, however scarce memory is', async () => {
    const inference = await room.start({ threads: 1, memoryBytes: 1 });
    const [one, two, three] = await versionsOf(10, [1, 2, 3]);
    if (one === undefined || two === undefined || three === undefined) throw new Error('three versions');
    await inference.load(one);
    await inference.run(two, { a: [1] }, 1);
    await inference.run(three, { a: [1] }, 1);
    expect(inference.loaded()).toContain('sum@1');
    expect(room.logged.some((l) => String(l['msg']).includes('more memory than the sessions may have'))).toBe(
      true,
    );
    await inference.load(two);
    await inference.run(three, { a: [1] }, 1);
    expect(inference.loaded()).toEqual(['sum@2', 'sum@3']);
  });

  test('versions in use are not let go, and every call is answered while they take turns', async () => {
    const inference = await room.start({ threads: 2, memoryBytes: 25 * MIB });
    const versions = await versionsOf(10, [1, 2, 3, 4]);
    const runs = Array.from({ length: 40 }, async (_, i) => {
      const version = versions[i % versions.length];
      if (version === undefined) throw new Error('four versions');
      return (await inference.run(version, { a: [i] }, 1)).outputs.value;
    });
    expect(await Promise.all(runs)).toEqual(runs.map((_, i) => [i]));
  });

  test('a session is counted with no less than its file', async () => {
    const metrics = createMetrics();
    const inference = await room.start({ threads: 1, metrics });
    const [tiny] = await versionsOf(0.000001, [1]);
    if (tiny === undefined) throw new Error('a version');
    await inference.load(tiny);
    expect(await valueOf(metrics.inferenceSessionBytes)).toBe((await stat(tiny.onnxPath)).size);
  });

  test('every size that will come is run before a version counts as loaded', async () => {
    const inference = await room.start({ threads: 1 });
    // Fails with as many rows as its batches may have, and with no fewer.
    const { graph, manifest } = sumModel('float32', ['a']);
    const atMost = await room.modelOf({ ...manifest, maxBatchRows: 12 }, onlyUpTo(11, graph));
    await expect(inference.load(atMost)).rejects.toMatchObject({ code: 'INFERENCE_FAILED' });
    expect(inference.loaded()).toEqual([]);
    const spared = { ...atMost, manifest: { ...atMost.manifest, inference: { warmUpRows: [2, 11] } } };
    await inference.load(spared);
    expect(inference.loaded()).toEqual(['sum@1']);
  });

  test('a manifest that changes under its version is followed, also by what keeps the version loaded', async () => {
    const inference = await room.start({ threads: 1, memoryBytes: 1 });
    const model = await room.mixed();
    await inference.load(model);
    const row = { a: [11], b: [2], colour: ['red'] };
    const renamed = { ...model, manifest: { ...model.manifest, classes: ['x', 'y', 'z'] } };
    const [before, after] = await Promise.all([inference.run(model, row, 1), inference.run(renamed, row, 1)]);
    expect([before.outputs.label, after.outputs.label]).toEqual([['first'], ['x']]);
    const [other] = await versionsOf(10, [1]);
    if (other !== undefined) await inference.run(other, { a: [1] }, 1);
    expect(inference.loaded()).toContain('mixed@1');
  });

  test.each([
    { intraOpNumThreads: 2, graphOptimizationLevel: 'basic' },
    { executionMode: 'parallel', interOpNumThreads: 2 },
    { enableCpuMemArena: false, enableMemPattern: false },
  ] as const)('options of the manifest reach the runtime, which takes them: %o', async (chosen) => {
    const inference = await room.start({ threads: 1 });
    const model = await room.mixed();
    const { outputs } = await inference.run(
      { ...model, manifest: { ...model.manifest, inference: chosen } },
      { a: [1], b: [2], colour: ['red'] },
      1,
    );
    expect(outputs.label).toEqual(['third']);
  });

  test('options the runtime refuses fail the load with its words', async () => {
    const inference = await room.start({ threads: 1 });
    const model = await room.mixed();
    const refused = { ...model.manifest, inference: { intraOpNumThreads: -1 } };
    await expect(inference.load({ ...model, manifest: refused })).rejects.toThrow('intraOpNumThreads');
  });
});

/** The graph, failing on more rows than these: it adds up no further than a constant of that length reaches. */
function onlyUpTo(rows: number, graph: Graph): Graph {
  const zeros = Array.from({ length: rows }, () => 0);
  return {
    ...graph,
    initializers: [
      ...graph.initializers,
      { name: 'zeros', type: 'float32', dims: [rows, 1], values: zeros },
      { name: 'from', type: 'int64', dims: [1], values: [0] },
    ],
    nodes: [
      { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { op: 'Slice', inputs: ['shape', 'from', 'axes'], outputs: ['count'] },
      { op: 'Slice', inputs: ['zeros', 'from', 'count'], outputs: ['none'] },
      ...graph.nodes.map((node) => (node.op === 'ReduceSum' ? { ...node, outputs: ['sums'] } : node)),
      { op: 'Add', inputs: ['sums', 'none'], outputs: ['total'] },
    ],
  };
}
