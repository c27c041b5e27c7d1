// Says before the tests which of them this machine cannot run, and why.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findAlertmanager, findChromium, hasCurl } from './find-command.js';
import { postgresAvailable } from './private-postgres.js';

const TESTS = join(import.meta.dirname, '..');

/** One line for each thing that is missing, with the files that leave tests out. Throws when that thing is required. */
export function whatIsLeftOut(): string[] {
  return [
    {
      missing: !postgresAvailable(),
      line: 'No PostgreSQL server (apt install postgresql); left out, on it:',
      marks: ['postgresAvailable()', 'storeKinds()'],
    },
    {
      missing: findChromium() === undefined,
      line: 'No Chromium (apt install chromium); left out, in a browser:',
      marks: ['findChromium()'],
    },
    {
      missing: findAlertmanager() === undefined,
      line: 'No Alertmanager (apt install prometheus-alertmanager); left out, on it:',
      marks: ['findAlertmanager()'],
    },
    { missing: !hasCurl(), line: 'No curl; left out, what is pasted:', marks: ['hasCurl()'] },
  ]
    .filter(({ missing }) => missing)
    .map(({ line, marks }) => `${line} ${filesWith(marks).join(', ')}`);
}

function filesWith(marks: readonly string[]): string[] {
  return readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => {
      const text = readFileSync(join(TESTS, file), 'utf8');
      return marks.some((mark) => text.includes(mark));
    })
    .map((file) => `test/${file}`)
    .sort();
}
