// Lines that come quickly are written together, none that matters is late or lost, and no secret is among them.
import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';
import { eventually } from '../test/support/eventually.js';
import { createLog } from './log.js';

function logInto(writes: string[]) {
  return createLog('info', { service: 'vigie' }, { write: (text) => void writes.push(text) });
}

it('writes a lone line at once and those that follow quickly together', async () => {
  const writes: string[] = [];
  const log = logInto(writes);
  log.info('first');
  expect(writes).toHaveLength(1);
  for (let n = 0; n < 10; n++) log.info({ n }, 'next');
  expect(writes).toHaveLength(1);
  await eventually(() => writes.length === 2);
  expect(writes[1]?.trim().split('\n')).toHaveLength(10);
});

it('writes a thousand lines in few writes, in order', () => {
  const writes: string[] = [];
  const log = logInto(writes);
  for (let n = 0; n < 1000; n++) log.info({ n }, 'line');
  log.flush();
  expect(writes.length).toBeLessThan(20);
  const numbers = writes
    .join('')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { n: number }).n);
  expect(numbers).toEqual(Array.from({ length: 1000 }, (_, n) => n));
});

it('writes a warning at once, with what came before it', () => {
  const writes: string[] = [];
  const log = logInto(writes);
  log.info('first');
  log.info('second');
  log.child({ room: 'http' }).warn('third');
  expect(writes.join('')).toMatch(/first[^]*second[^]*third/);
});

it('loses no line when the process ends, by itself or by an error nobody caught', async () => {
  const url = new URL('log.ts', import.meta.url).href;
  const code = (end: string) =>
    `const { createLog } = await import('${url}'); const log = createLog('info', {});
     for (let n = 0; n < 3; n++) log.info({ n }, 'last words'); ${end}`;
  for (const end of ['', 'process.exit(3);', "throw new Error('nobody catches this');"])
    expect((await outputOf(code(end))).match(/last words/g), end).toHaveLength(3);
});

it('blanks what must never be shown, at the top, one level down, in errors and in what is bound', () => {
  const writes: string[] = [];
  const log = logInto(writes);
  const secrets = { password: 'hush', features: { width: 424242 } };
  log.info(secrets, 'a');
  log.info({ request: { ...secrets, model: 'iris' } }, 'b');
  log.info({ err: Object.assign(new Error('failed'), secrets) }, 'c');
  log.child(secrets).info('d');
  log.flush();
  const text = writes.join('');
  expect(text).not.toMatch(/hush|424242/);
  expect(text.match(/\[hidden\]/g)).toHaveLength(8);
  expect(text).toContain('"model":"iris"');
  expect(text).toContain('"message":"failed"');
});

it('says when in ISO 8601', () => {
  const writes: string[] = [];
  logInto(writes).info('now');
  const { time, level } = JSON.parse(writes[0] ?? '') as { time: string; level: string };
  expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000);
  expect(time).toBe(new Date(time).toISOString());
  expect(level).toBe('info');
});

function outputOf(code: string): Promise<string> {
  return new Promise((resolve) => {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
    execFile(process.execPath, args, (_error, stdout) => resolve(stdout));
  });
}
