// Compiles src/ to dist/ once before the tests: inference threads and whole processes run the compiled program.
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const NOTHING_EMITTED = 1;

/** Run by vitest. Type errors are shown but stop nothing, since the compiler emits all the same; `npm run check` fails on them. */
export default async function build(): Promise<void> {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(
      process.execPath,
      [compiler, '-p', 'tsconfig.build.json'],
      { cwd: ROOT },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
  if (code === NOTHING_EMITTED) throw new Error(`src/ could not be compiled:\n${output}`);
  if (code !== 0) console.warn(output);
}
