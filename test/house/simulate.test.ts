// `npm run simulate` against a running Vigie: its summary adds up, and agrees with what the server counted.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { privateDataDir, startVigie, type VigieProcess } from '../support/vigie-process.js';

const ROOT = join(import.meta.dirname, '..', '..');

let data: { dir: string; remove(): Promise<void> };
let vigie: VigieProcess;
beforeAll(async () => {
  data = await privateDataDir();
  vigie = await startVigie({ DATA_DIR: data.dir });
});
afterAll(async () => {
  await vigie.stop();
  await data.remove();
});

function simulate(...options: string[]) {
  const args = ['run', '--silent', 'simulate', '--', '--url', vigie.url, ...options];
  const child = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let screen = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (screen += chunk.toString()));
  const ended = (once(child, 'close') as Promise<[number | null]>).then(([code]) => code);
  return {
    screen: () => screen,
    ended,
    /** To the whole group, as a terminal does. */
    interrupt: () => void process.kill(-(child.pid ?? process.pid), 'SIGINT'),
  };
}

/** The numbers of the summary, which follows an empty line. */
function summaryOf(screen: string): Record<'sent' | 'heldBack' | 'answered' | 'failed' | 'labels', number> {
  const summary = screen.slice(screen.lastIndexOf('\nsent '));
  const number = (pattern: RegExp) => Number(pattern.exec(summary)?.[1] ?? 0);
  return {
    sent: number(/^sent +(\d+)/m),
    heldBack: number(/\((\d+) more held back/),
    answered: number(/^answered +(\d+)/m),
    failed: [...summary.matchAll(/(?:^failed +|, )[A-Z]\w+ (\d+)/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    ),
    labels: number(/^feedback +(\d+) accepted/m),
  };
}

/** Predictions the server answered with a value, of one model. */
async function countedByServer(model: string): Promise<number> {
  const text = await (await fetch(`${vigie.url}/metrics`)).text();
  const line = text
    .split('\n')
    .find(
      (one) =>
        one.startsWith('vigie_predictions_total{') && one.includes(`"${model}"`) && one.includes('"ok"'),
    );
  return Number(line?.split(' ').at(-1) ?? 0);
}

it('sends the traffic it was asked for, and accounts for every prediction and label', async () => {
  const run = simulate('--model', 'iris-classifier', '--rate', '40', '--seconds', '3', '--feedback', '1');
  expect(await run.ended, run.screen()).toBe(0);
  const summary = summaryOf(run.screen());
  expect(summary.sent + summary.heldBack).toBe(120);
  expect(summary.answered + summary.failed).toBe(summary.sent);
  expect(summary.answered).toBeGreaterThan(0);
  expect(summary.answered).toBe(await countedByServer('iris-classifier'));
  expect(summary.labels).toBe(summary.answered);
  expect(run.screen()).toMatch(/^accuracy +[01]\.\d{4} /m);
});

it('ends at Ctrl-C with the summary of what was sent until then', async () => {
  const run = simulate('--model', 'air-quality-ventilation', '--rate', '20', '--seconds', '3600');
  await eventually(() => / s {2}sent [1-9]\d* /.test(run.screen()), { timeoutMs: 30_000 });
  run.interrupt();
  await run.ended;
  const summary = summaryOf(run.screen());
  expect(summary.sent).toBeGreaterThan(0);
  expect(summary.sent).toBeLessThan(72_000);
  expect(summary.answered + summary.failed).toBe(summary.sent);
  expect(summary.answered).toBe(await countedByServer('air-quality-ventilation'));
});

it('says what is wrong with its options before it sends anything', async () => {
  for (const [options, message] of [
    [['--model', 'no-such-model'], '--model no-such-model'],
    [['--model', 'iris-classifier', '--drift', 'sepal+1@0'], 'no such feature'],
    [['--model', 'iris-classifier', '--rate', 'fast'], '--rate must be a number'],
  ] as const) {
    const run = simulate(...options);
    expect(await run.ended).toBe(1);
    expect(run.screen()).toContain(message);
    expect(run.screen()).not.toMatch(/^\s+at |^sent/m);
  }
});
