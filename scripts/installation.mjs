// Brings a checkout to where it can run: the right Node, the packages of the lock file, the sources compiled.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [20, 19];

/** The folder of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A reason to stop that a person can act on; shown without a stack. */
export class Stop extends Error {}

/** Throws a Stop when this Node is too old. */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Stop(
    `Vigie needs Node.js ${OLDEST_NODE.join('.')} or newer; this is ${version}. Get it from https://nodejs.org.`,
  );
}

/** Installs the packages when they are missing or other than the lock file says; `say` hears what takes long. */
export async function ensureInstalled(say) {
  const stamp = join(root, 'node_modules', '.vigie-installed');
  const wanted = fingerprint(['package-lock.json', '.npmrc']);
  if (readIfThere(stamp) === wanted) return;
  say('Installing packages (npm ci); this takes a minute the first time ...');
  const { code, output } = await run(npmCommand(), ['ci', '--include=dev', '--no-progress'], {
    // Not needed where .npmrc is obeyed; where it is overridden this still keeps gigabytes of CUDA away.
    ONNXRUNTIME_NODE_INSTALL: 'skip',
  });
  if (code !== 0) throw new Stop(`The packages could not be installed. npm said:\n${lastLines(output, 25)}`);
  writeFileSync(stamp, wanted);
}

/** Compiles src/ to dist/ when any source is other than at the last time. */
export async function ensureBuilt(say) {
  const stamp = join(root, 'dist', '.vigie-built');
  const wanted = fingerprint([
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    ...filesUnder('src'),
  ]);
  if (existsSync(join(root, 'dist', 'main.js')) && readIfThere(stamp) === wanted) return;
  say('Compiling ...');
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await run(process.execPath, [compiler, '-p', 'tsconfig.build.json']);
  if (code !== 0) throw new Stop(`The sources do not compile:\n${lastLines(output, 40)}`);
  writeFileSync(stamp, wanted);
}

/** Runs `steps`; a Stop is printed as its message and ends the process with 1. */
export async function orStop(steps) {
  try {
    await steps();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}

function run(command, args, extraEnv = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...extraEnv },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && command !== process.execPath,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ code: 1, output: `${output}\n${error.message}` }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function npmCommand() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}

// Content, not modification times: a checkout or a copy sets those anew.
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of [...files].sort())
    hash
      .update(`${file}\0`)
      .update(readIfThere(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function filesUnder(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => !file.endsWith('.test.ts') && statSync(join(root, file)).isFile());
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
