// Finds programs of this machine that some tests use beside Node.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const CHROME_ON_MACOS = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** The path of a browser for the pages; undefined where there is none, which VIGIE_REQUIRE_CHROMIUM=1 makes an error. */
export function findChromium(): string | undefined {
  const found = find(CHROMIUM) ?? [CHROME_ON_MACOS].find((path) => existsSync(path));
  if (found === undefined && process.env['VIGIE_REQUIRE_CHROMIUM'] === '1')
    throw new Error('These tests need Chromium or Chrome (apt install chromium).');
  return found;
}

/** The path of an Alertmanager; undefined where there is none, which VIGIE_REQUIRE_ALERTMANAGER=1 makes an error. */
export function findAlertmanager(): string | undefined {
  const found = find(['prometheus-alertmanager', 'alertmanager']);
  if (found === undefined && process.env['VIGIE_REQUIRE_ALERTMANAGER'] === '1')
    throw new Error('These tests need Alertmanager (apt install prometheus-alertmanager).');
  return found;
}

/** Whether lines that were written to be pasted into a terminal can be. */
export function hasCurl(): boolean {
  return find(['curl']) !== undefined;
}

function find(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...folders, '/usr/bin']
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}
