// The import law has teeth: in a house that breaks it, each break is reported by the rule it breaks.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..', '..');
const reportSchema = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
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
    const bin = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
    const output = await new Promise<string>((resolve) => {
      const args = [bin, 'src', 'models', 'scripts', 'test', '--output-type', 'json'];
      execFile(process.execPath, args, { cwd: house, maxBuffer: 64 * 1024 * 1024 }, (_, stdout) =>
        resolve(stdout),
      );
    });
    const { violations } = reportSchema.parse(JSON.parse(output)).summary;
    const broken = violations.map(({ from, rule }) => `${from} ${rule.name}`);
    expect([...new Set(broken)].sort()).toEqual([
      'src/http/starts-itself.ts law-of-http',
      'src/http/starts-itself.ts nobody-imports-the-entry',
      'src/monitors/latency/latency.monitor.ts a-monitor-knows-the-contract-only',
      'src/resolvers/asks-the-queue.resolver.ts law-of-resolvers',
      'src/serving/knows-a-resolver.ts law-of-serving',
      'src/serving/speaks-to-redis.ts home-of-redis',
      'src/store/one.ts no-cycles',
    ]);
  });
});
