// Session threads: they share the calls, leave the main thread alone, die and are replaced, and end gently.
import { rm, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { useInferenceRoom, valueOf } from '../../test/support/inference-room.js';
import { sessionThreadUrl } from '../../test/support/session-thread-url.js';
import { slowModel, sumModel } from '../../test/support/tiny-model.js';
import { createMetrics } from '../metrics.js';
import { LoadFailed, ThreadDied } from './inference.js';

const room = useInferenceRoom();

describe('threads', () => {
  test('a hundred runs at once each get their own answer, from both threads', async () => {
    const { graph, manifest } = sumModel('float32', ['a', 'b']);
    const model = await room.modelOf(manifest, graph);
    const inference = await room.start();
    const runs = Array.from({ length: 100 }, (_, i) => inference.run(model, { a: [i, i], b: [1, 2] }, 2));
    const answers = await Promise.all(runs);
    expect(answers.map((a) => a.outputs.value)).toEqual(runs.map((_, i) => [i + 1, i + 2]));
    expect(inference.loaded()).toEqual(['sum@1']);
  });

  test('the main thread goes on while a model computes', async () => {
    const { graph, manifest } = slowModel(2000);
    const inference = await room.start({ threads: 1 });
    const model = await room.modelOf(manifest, graph);
    await inference.load(model);
    const order: string[] = [];
    const run = inference.run(model, { a: [1], b: [2] }, 1).then(() => order.push('answer'));
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resume) => setTimeout(resume, 0));
      order.push('turn');
    }
    await run;
    expect(order).toEqual(['turn', 'turn', 'turn', 'turn', 'turn', 'answer']);
  });

  test.each(['process.exit(7)', "throw new Error('boom')"])(
    'a thread that dies by %s fails the call it ran as retryable, and its successor answers those that waited',
    async (death) => {
      const { graph, manifest } = sumModel('float32', ['a', 'b']);
      const model = await room.modelOf(manifest, graph);
      const inference = await room.start({ threads: 1, threadUrl: await mortalThread(death) });
      await inference.load(model);
      const fatal = inference.run(model, { a: [666], b: [0] }, 1);
      const waiting = inference.run(model, { a: [4], b: [5] }, 1);
      const reason: unknown = await fatal.catch((error: unknown) => error);
      expect(reason).toBeInstanceOf(ThreadDied);
      expect(reason).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
      expect(inference.loaded()).toEqual([]);
      expect((await waiting).outputs.value).toEqual([9]);
      expect(inference.loaded()).toEqual(['sum@1']);
      expect(room.logged.filter((l) => l['msg'] === 'an inference thread stopped unexpectedly')).toHaveLength(
        1,
      );
    },
  );

  test('a thread that died while nobody called has its models back without a call', async () => {
    const { graph, manifest } = sumModel('float32', ['a', 'b']);
    const model = await room.modelOf(manifest, graph);
    const inference = await room.start({ threads: 1, threadUrl: await mortalThread('process.exit(7)') });
    await inference.load(model);
    await expect(inference.run(model, { a: [666], b: [0] }, 1)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await eventually(() => inference.loaded().includes('sum@1'));
  });

  test('calls that waited for a model whose file is gone when its thread dies are refused, not held', async () => {
    const { graph, manifest } = sumModel('float32', ['a', 'b']);
    const model = await room.modelOf(manifest, graph);
    const inference = await room.start({ threads: 1, threadUrl: await mortalThread('process.exit(7)') });
    await inference.load(model);
    await rm(model.onnxPath);
    const calls = [666, 1, 2].map((a) => inference.run(model, { a: [a], b: [0] }, 1));
    const settled = await Promise.allSettled(calls);
    const reasons = settled.map((call) =>
      call.status === 'rejected' ? (call.reason as unknown) : undefined,
    );
    expect(reasons[0]).toBeInstanceOf(ThreadDied);
    for (const reason of reasons.slice(1)) expect(reason).toBeInstanceOf(LoadFailed);
  });

  test('a model that one thread loads and another does not leaves no session behind', async () => {
    const { graph, manifest } = sumModel('float32', ['a']);
    const metrics = createMetrics();
    const inference = await room.start({ threads: 2, threadUrl: await threadThatRefusesOneLoad(), metrics });
    await expect(inference.load(await room.modelOf(manifest, graph))).rejects.toThrow('not this one');
    expect(inference.loaded()).toEqual([]);
    await inference.load(await room.modelOf(manifest, graph, 2));
    expect(await valueOf(metrics.inferenceSessions)).toBe(2);
  });

  test('a model may be kept to some of the threads, and other models have the rest', async () => {
    const { graph, manifest } = slowModel(2000);
    const slow = await room.modelOf({ ...manifest, inference: { threads: 1 } }, graph);
    const quick = await room.modelOf(sumModel('float32', ['a']).manifest, sumModel('float32', ['a']).graph);
    const inference = await room.start({ threads: 2 });
    await inference.load(slow);
    await inference.load(quick);
    const order: string[] = [];
    const slowRuns = [1, 2].map((a) =>
      inference.run(slow, { a: [a], b: [0] }, 1).then(() => order.push('slow')),
    );
    await inference.run(quick, { a: [1] }, 1).then(() => order.push('quick'));
    await Promise.all(slowRuns);
    expect(order).toEqual(['quick', 'slow', 'slow']);
  });

  test('a slow model with many calls waiting holds up another by what runs at the moment only', async () => {
    const { graph, manifest } = slowModel(500);
    const slow = await room.modelOf(manifest, graph);
    const quick = await room.modelOf(sumModel('float32', ['a']).manifest, sumModel('float32', ['a']).graph);
    const inference = await room.start({ threads: 1 });
    await inference.load(slow);
    await inference.load(quick);
    const order: string[] = [];
    const slowRuns = Array.from({ length: 6 }, (_, i) =>
      inference.run(slow, { a: [i], b: [0] }, 1).then(() => order.push('slow')),
    );
    await inference.run(quick, { a: [1] }, 1).then(() => order.push('quick'));
    expect(order.indexOf('quick')).toBeLessThanOrEqual(1);
    await Promise.all(slowRuns);
  });

  test('a thread that dies leaves the calls of the others alone', async () => {
    const { graph, manifest } = sumModel('float32', ['a', 'b']);
    const model = await room.modelOf(manifest, graph);
    const inference = await room.start({ threads: 2, threadUrl: await mortalThread('process.exit(7)') });
    await inference.load(model);
    const [fatal, other] = await Promise.allSettled([
      inference.run(model, { a: [666], b: [0] }, 1),
      inference.run(model, { a: [1], b: [0] }, 1),
    ]);
    expect(fatal.status).toBe('rejected');
    expect(other).toMatchObject({ status: 'fulfilled', value: { outputs: { value: [1] } } });
  });

  test('a thread program that cannot start fails the start', async () => {
    const nowhere = pathToFileURL(`${room.newPath()}.js`);
    await expect(room.start({ threadUrl: nowhere })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('close waits for running calls and refuses new ones', async () => {
    const { graph, manifest } = slowModel(1000);
    const inference = await room.start({ threads: 1 });
    const model = await room.modelOf(manifest, graph);
    const run = inference.run(model, { a: [1], b: [2] }, 1);
    const closing = inference.close();
    await expect(inference.run(model, { a: [1], b: [2] }, 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await run).outputs.label).toEqual(['yes']);
    await closing;
  });
});

/** The real thread program, which dies the given way on a run whose first value is 666. */
async function mortalThread(death: string): Promise<URL> {
  const path = `${room.newPath()}.mjs`;
  await writeFile(
    path,
    `import { parentPort } from 'node:worker_threads';
     await import(${JSON.stringify(sessionThreadUrl.href)});
     parentPort.on('message', (message) => {
       if (message.kind === 'run' && message.tensors[0][0] === 666) ${death};
     });`,
  );
  return pathToFileURL(path);
}

/** The real thread program, of which one thread at once refuses the first load of all. */
async function threadThatRefusesOneLoad(): Promise<URL> {
  const path = `${room.newPath()}.mjs`;
  await writeFile(
    path,
    `import { mkdirSync } from 'node:fs';
     import { parentPort } from 'node:worker_threads';
     const isFirst = () => {
       try { return mkdirSync(${JSON.stringify(room.newPath())}) === undefined; } catch { return false; }
     };
     const listen = parentPort.on.bind(parentPort);
     parentPort.on = (event, hear) =>
       listen(event, (message) =>
         message.kind === 'load' && isFirst()
           ? parentPort.postMessage({ kind: 'failed', id: message.id, message: 'not this one' })
           : hear(message),
       );
     await import(${JSON.stringify(sessionThreadUrl.href)});`,
  );
  return pathToFileURL(path);
}
