// Outside monitors load by path or package, and a mistake names the specifier.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPlugins } from './load-plugins.js';

let dir: string;

function source(name: string, changed = ''): string {
  return `{
    name: '${name}', title: 'Odd', summary: 'For tests', tasks: ['regression'], inputs: ['prediction'],
    settings: { safeParse: () => ({ success: true, data: {} }) }, metrics: [], create: () => ({}), ${changed}
  }`;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-plugins-'));
  const files = {
    'default.mjs': `export default ${source('by-default')};`,
    'named.mjs': `export const monitor = ${source('by-name')};`,
    'again.mjs': `export const monitor = ${source('by-name')};`,
    'latency.mjs': `export const monitor = ${source('latency')};`,
    'nothing.mjs': 'export const other = 1;',
    'broken.mjs': 'export default ;',
    'misshapen.mjs': `export default ${source('Odd Name', "tasks: ['tarot'], create: 7")};`,
    'demanding.mjs': `export default ${source('demanding', 'settings: { safeParse: () => ({ success: false }) }')};`,
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(dir, name), text)));
  const folder = join(dir, 'node_modules', 'vigie-odd');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    '{ "name": "vigie-odd", "type": "module", "main": "index.js" }',
  );
  await writeFile(join(folder, 'index.js'), `export default ${source('from-package')};`);
});

afterAll(() => rm(dir, { recursive: true, force: true }));

describe('loading plugins', () => {
  it('finds default and named exports by path and by package, in order', async () => {
    const specifiers = ['./named.mjs', join(dir, 'default.mjs'), 'vigie-odd'];
    const plugins = await loadPlugins(specifiers, dir);
    expect(plugins.map(({ definition }) => definition.name)).toEqual([
      'by-name',
      'by-default',
      'from-package',
    ]);
  });

  it.each([
    ['./missing.mjs', 'cannot be loaded'],
    ['no-such-package', 'cannot be loaded (a path starts with "./" or "/")'],
    ['./broken.mjs', 'cannot be loaded'],
    ['./nothing.mjs', 'exports no monitor'],
    ['./misshapen.mjs', 'name must be in kebab-case; tasks.0'],
    ['./demanding.mjs', 'settings do not all have a default'],
    ['./latency.mjs', 'is named "latency", as is a built-in monitor'],
  ])('refuses %s and says why', async (specifier, reason) => {
    await expect(loadPlugins([specifier], dir)).rejects.toThrow(`"${specifier}"`);
    await expect(loadPlugins([specifier], dir)).rejects.toThrow(reason);
  });

  it('names every specifier at fault at once, and two of the same name', async () => {
    const failure = loadPlugins(['./named.mjs', './nothing.mjs', './again.mjs'], dir);
    await expect(failure).rejects.toThrow(
      /nothing\.mjs[^]*"\.\/again\.mjs" is named "by-name", as is "\.\/named\.mjs"/,
    );
  });
});
