// Writes schema.graphql at the project's root: what the code offers, sorted. With --check it only says whether it is current.
import { readFile, writeFile } from 'node:fs/promises';
import { printApiSchema } from '../src/resolvers/create-api-schema.js';

const file = new URL('../schema.graphql', import.meta.url);
const printed = printApiSchema();

if (process.argv.includes('--check')) {
  const current = await readFile(file, 'utf8').catch(() => '');
  if (current !== printed) {
    console.error('schema.graphql is not current; run: npm run schema');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, printed);
}
