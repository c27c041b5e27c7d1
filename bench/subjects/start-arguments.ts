// The arguments with which a checkout starts itself.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const packageSchema = z.object({ scripts: z.object({ start: z.string().startsWith('node ') }) });

/** What its `npm start` gives to node. */
export async function startArguments(checkout: string): Promise<readonly string[]> {
  const { scripts } = packageSchema.parse(JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')));
  return scripts.start.split(' ').slice(1);
}
