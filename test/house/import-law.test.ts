// The import law has teeth: in a house that breaks it, each break is reported by the rule it breaks; and it permits nothing idle.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDERS = ['src', 'models', 'scripts', 'test', 'examples', 'bench'];
const reportSchema = z.object({
  modules: z.array(
    z.object({ source: z.string(), dependencies: z.array(z.object({ resolved: z.string() })) }),
  ),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});
const lawSchema = z.object({
  forbidden: z.array(
    z.object({
      name: z.string(),
      to: z.object({ pathNot: z.union([z.string(), z.array(z.string())]).optional() }).loose(),
    }),
  ),
});

const files: Readonly<Record<string, string>> = {
  'src/main.ts': "import './resolvers/asks-the-queue.resolver.js';",
  'src/errors.ts': 'export const code = 1;',
  'src/queue/producer.ts': "import '../errors.js'; export const send = 1;",
  'src/serving/serving.ts': 'export type Serving = number;',
  'src/resolvers/fine.resolver.ts':
    "import type { Serving } from '../serving/serving.js'; export const fine: Serving = 1;",
  'src/resolvers/asks-the-queue.resolver.ts':
    "import { send } from '../queue/producer.js'; export const ask = send;",
  'src/serving/knows-a-resolver.ts':
    "import type { fine } from '../resolvers/fine.resolver.js'; export type A = typeof fine;",
  'src/serving/speaks-to-redis.ts': "import { createClient } from 'redis'; export const a = createClient;",
  'src/monitors/latency/latency.monitor.ts':
    "import { readFileSync } from 'node:fs'; export const a = readFileSync;",
  'src/store/one.ts': "import type { Two } from './two.js'; export type One = Two | 1;",
  'src/store/two.ts': "import type { One } from './one.js'; export type Two = One | 2;",
  'src/http/starts-itself.ts': "import '../main.js';",
  'src/monitors/monitor.ts': 'export type Definition = 1;',
  'examples/fine.monitor.ts':
    "import type { Definition } from '../src/monitors/monitor.js'; export type A = Definition;",
  'examples/asks-the-store.monitor.ts':
    "import type { One } from '../src/store/one.js'; export type A = One;",
  'examples/plain.monitor.js': "import { code } from '../src/errors.js'; export const a = code;",
  'bench/measures-inside.ts': "import { code } from '../src/errors.js'; export const a = code;",
  'test/empty.test.ts': 'export {};',
  'models/empty.ts': 'export {};',
  'scripts/empty.ts': 'export {};',
};

let house: string;
beforeAll(async () => {
  house = await mkdtemp(join(tmpdir(), 'vigie-law-'));
  for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json'])
    await cp(join(ROOT, file), join(house, file));
  await symlink(join(ROOT, 'node_modules'), join(house, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(house, path)), { recursive: true });
    await writeFile(join(house, path), `${text}\n`);
  }
});
afterAll(() => rm(house, { recursive: true, force: true }));

describe('the import law', () => {
  it('reports every break and nothing else', async () => {
    const { violations } = (await cruise(house)).summary;
    const broken = violations.map(({ from, rule }) => `${from} ${rule.name}`);
    expect([...new Set(broken)].sort()).toEqual([
      'bench/measures-inside.ts a-benchmark-measures-from-outside',
      'examples/asks-the-store.monitor.ts an-example-uses-the-contract-only',
      'examples/plain.monitor.js an-example-uses-the-contract-only',
      'src/http/starts-itself.ts law-of-http',
      'src/http/starts-itself.ts nobody-imports-the-entry',
      'src/monitors/latency/latency.monitor.ts a-monitor-knows-the-contract-only',
      'src/resolvers/asks-the-queue.resolver.ts law-of-resolvers',
      'src/serving/knows-a-resolver.ts law-of-serving',
      'src/serving/speaks-to-redis.ts home-of-redis',
      'src/store/one.ts no-cycles',
    ]);
  });

  it('permits a room only what it uses', async () => {
    const { modules } = await cruise(ROOT, ['src']);
    const idle = roomsOfTheLaw().flatMap(({ room, allowed }) => {
      const used = modules
        .filter(({ source }) => source.startsWith(`src/${room}/`) && !source.endsWith('.test.ts'))
        .flatMap(({ dependencies }) => dependencies.map(({ resolved }) => resolved));
      return allowed
        .filter((pattern) => !used.some((path) => new RegExp(pattern).test(path)))
        .map((pattern) => `${room} need not know ${pattern}`);
    });
    expect(idle).toEqual([]);
  });

  it('is held over every folder with code', async () => {
    const { scripts } = z
      .object({ scripts: z.object({ imports: z.string() }) })
      .parse(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')));
    expect(scripts.imports.split(' ').slice(1).sort()).toEqual([...FOLDERS].sort());
  });
});

async function cruise(
  root: string,
  folders: readonly string[] = FOLDERS,
): Promise<z.infer<typeof reportSchema>> {
  const bin = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const output = await new Promise<string>((resolve) => {
    const args = [bin, ...folders, '--output-type', 'json'];
    execFile(process.execPath, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (_, stdout) =>
      resolve(stdout),
    );
  });
  return reportSchema.parse(JSON.parse(output));
}

/** What each room is permitted, without its own files, what is shared and the events' contracts, which come first. */
function roomsOfTheLaw(): { room: string; allowed: readonly string[] }[] {
  const law = lawSchema.parse(createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')));
  return law.forbidden
    .filter(({ name }) => name.startsWith('law-of-'))
    .map(({ name, to }) => ({
      room: name.slice('law-of-'.length),
      allowed: [to.pathNot ?? []].flat().slice(3),
    }));
}
