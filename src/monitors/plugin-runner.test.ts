// Whatever a plugin does in its thread, whoever waits for it is answered in time, and its other monitors lose nothing.
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { monitorSubject, predictionBatch } from '../../test/support/monitor-batches.js';
import { pluginThreadUrl } from '../../test/support/plugin-thread-url.js';
import { loadPlugins } from './load-plugins.js';
import type { MonitorEvent } from './monitor.js';
import { PLUGIN_LIMITS, type PluginLimits } from './plugin-limits.js';
import { startPluginRunner, type PluginRunner } from './plugin-runner.js';

const SUPPORT = new URL('../../test/support', import.meta.url).pathname;
const [plugin] = await loadPlugins(['./odd-plugin.js'], SUPPORT);
if (plugin === undefined) throw new Error('the plugin for tests exports a monitor');
const oddity = plugin;

/** Patient with a busy machine; a test that waits for a limit shortens that one. */
const PATIENT: PluginLimits = {
  ...PLUGIN_LIMITS,
  answerMs: 20_000,
  silentMs: 60_000,
  pauseMs: 20,
  maxPauseMs: 50,
  steadyMs: 60_000,
};

const running = new Set<PluginRunner>();
afterEach(async () => {
  await Promise.all([...running].map((runner) => runner.stop()));
  running.clear();
});

function run(limits: Partial<PluginLimits> = {}) {
  const logged: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line) => logged.push(JSON.parse(line) as Record<string, unknown>) });
  const runner = startPluginRunner({
    plugin: oddity,
    threadUrl: pluginThreadUrl,
    limits: { ...PATIENT, ...limits },
    log,
  });
  running.add(runner);
  const open = (model: string) => {
    const failures: { place: string; message: string; times: number }[] = [];
    const monitor = runner.open(monitorSubject({ model }), (place, message, times = 1) =>
      failures.push({ place, message, times }),
    );
    const rows = async () => {
      const answer = await monitor.evaluate(1);
      if (answer?.evaluation == null) return undefined;
      return (JSON.parse(answer.evaluation) as { window: { n: number } }).window.n;
    };
    return { monitor, failures, rows, see: (...labels: string[]) => monitor.update([rowsOf(labels)]) };
  };
  return { runner, open, logged };
}

function rowsOf(labels: readonly string[]): MonitorEvent {
  return {
    kind: 'prediction',
    batch: predictionBatch(
      1,
      labels.map((label) => ({ label })),
    ),
  };
}

describe('a plugin in its thread', () => {
  it('answers as of the moment it is asked, whatever follows', async () => {
    const { runner, open } = run();
    await runner.ready;
    const { monitor, rows, see, failures } = open('valve');
    see('on', 'off');
    const asked = [rows(), monitor.snapshot()];
    see('on');
    expect(await Promise.all(asked)).toEqual([2, '{"rows":2}']);
    expect(await rows()).toBe(3);
    expect(failures).toEqual([]);
  });

  it('goes on from a state it gave, and refuses another', async () => {
    const { runner, open } = run();
    await runner.ready;
    const first = open('valve');
    first.see('on', 'off');
    const second = open('valve');
    second.monitor.restore((await first.monitor.snapshot()) ?? '');
    second.see('on');
    expect(await second.rows()).toBe(3);
    second.monitor.restore('{}');
    expect(await second.rows()).toBe(0);
    expect(second.failures).toMatchObject([{ place: 'restore', times: 1 }]);
  });

  it('is asked only once it is there', async () => {
    const { open } = run();
    const { see, rows, failures } = open('valve');
    see('on');
    expect(await rows()).toBeUndefined();
    expect(await eventually(rows)).toBe(1);
    expect(failures).toEqual([]);
  });

  it('that throws is told of with the method, and goes on', async () => {
    const { runner, open } = run();
    await runner.ready;
    const { see, rows, failures } = open('valve');
    see('throw');
    see('on');
    expect(await rows()).toBe(2);
    expect(failures).toEqual([{ place: 'update', message: 'no such row', times: 1 }]);
  });

  it('measures bounded series, and tells of the rest by number', async () => {
    const { runner, open } = run();
    await runner.ready;
    const { monitor, see, failures } = open('valve');
    see('evaluate to labels without end');
    const text = (await monitor.evaluate(1))?.evaluation ?? '';
    expect((JSON.parse(text) as { measurements: unknown[] }).measurements).toHaveLength(200);
    expect(failures).toEqual([{ place: 'evaluate', message: 'measured more than 200 series', times: 4800 }]);
  });

  it('that is busy too long is not waited for, and loses nothing', async () => {
    const { runner, open } = run({ answerMs: 300 });
    await runner.ready;
    const busy = open('valve');
    const other = open('pump');
    other.see('on');
    busy.see('on', 'loop 2 s');
    const [late, waiting, state] = await Promise.all([busy.rows(), other.rows(), busy.monitor.snapshot()]);
    expect([late, waiting, state]).toEqual([undefined, undefined, null]);
    expect(busy.failures).toMatchObject([
      { place: 'update', message: expect.stringMatching(/^no answer within 300 ms: busy for \d/) as string },
    ]);
    expect(other.failures).toMatchObject([
      {
        place: 'evaluate',
        message: expect.stringContaining('the plugin is busy in "update" for valve for') as string,
      },
    ]);
    // Known to hang, it is not asked: the next question is answered without any wait.
    await eventually(async () => {
      let isSettled = false;
      void busy.monitor.snapshot().then(() => (isSettled = true));
      await new Promise((resolve) => setImmediate(resolve));
      return isSettled;
    });
    expect(await eventually(busy.rows)).toBe(2);
    expect(await eventually(other.rows)).toBe(1);
  });

  it('that loops for ever is ended: its monitor begins afresh, the others stand where they stood', async () => {
    const { runner, open, logged } = run({ silentMs: 3000 });
    await runner.ready;
    const guilty = open('valve');
    const other = open('pump');
    other.see('on', 'off');
    expect(await other.monitor.snapshot()).toBe('{"rows":2}');
    other.see('on');
    guilty.see('on', 'evaluate for ever');
    expect(await guilty.rows()).toBeUndefined();
    other.see('off');
    expect(await eventually(other.rows)).toBe(4);
    expect(await guilty.rows()).toBe(0);
    expect(guilty.failures).toMatchObject([
      {
        place: 'evaluate',
        message: expect.stringMatching(
          /^the plugin made no progress for .* and was ended; this monitor begins afresh in 20 ms$/,
        ) as string,
      },
    ]);
    expect(other.failures).toMatchObject([
      {
        place: 'thread',
        message: expect.stringMatching(
          /^the plugin, in "evaluate" for valve, .* from where it stood/,
        ) as string,
      },
    ]);
    expect(logged).toMatchObject([{ plugin: 'oddity', where: 'in "evaluate" for valve', pauseMs: 20 }]);
  });

  it.each([
    ['exit', 'update', /^the plugin ended itself with exit code 3; /, 1],
    ['allocate', 'update', /^the plugin died: .*memory.*; /, 1],
    ['throw later', 'thread', /^the plugin, outside any call, died: much later; /, 0],
  ])('that ends by "%s" is started anew', async (oddLabel, place, message, othersRows) => {
    const { runner, open } = run({ heapMb: 32 });
    await runner.ready;
    const guilty = open('valve');
    const other = open('pump');
    other.see('on');
    expect(await other.rows()).toBe(1);
    guilty.see(oddLabel);
    await eventually(() => guilty.failures.length > 0);
    expect(guilty.failures).toMatchObject([{ place, message: expect.stringMatching(message) as string }]);
    await eventually(async () => (await other.rows()) === othersRows && (await guilty.rows()) === 0);
  });

  it('is started anew after longer and longer pauses, up to a bound', async () => {
    const { open, logged } = run();
    const { see } = open('valve');
    for (let ends = 1; ends <= 3; ends += 1) {
      see('exit');
      await eventually(() => logged.length === ends);
    }
    expect(logged.map(({ pauseMs }) => pauseMs)).toEqual([20, 40, 50]);
  });

  it('has a bounded number of rows waiting for it; what is dropped is told of', async () => {
    const { runner, open } = run({ waitingRows: 10, answerMs: 100 });
    await runner.ready;
    const { see, rows, failures } = open('valve');
    see('loop 2 s');
    await rows();
    for (let i = 0; i < 15; i += 1) see('on');
    const dropped = failures.filter(({ message }) => message.startsWith('events are dropped'));
    expect(dropped).toHaveLength(5);
    expect(dropped[0]).toMatchObject({
      place: 'update',
      message: expect.stringContaining('10 rows') as string,
    });
    expect(await eventually(rows)).toBe(11);
  });

  it('is ended at once when all is to stop, whatever it does', async () => {
    const { runner, open } = run({ answerMs: 100 });
    await runner.ready;
    const { see, rows } = open('valve');
    see('evaluate for ever');
    expect(await rows()).toBeUndefined();
    const answer = rows();
    await runner.stop();
    expect(await answer).toBeUndefined();
  });
});
