// Runs every check, two at a time; says all that a check said once it is over, and fails when one of them did.
import { spawn } from 'node:child_process';

// The longest first.
const waiting = ['lint', 'types', 'imports', 'format:check', 'unused', 'schema:check'];
let failed = false;

function run(name) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('close', (code) => {
      failed ||= code !== 0;
      process.stdout.write(`${code === 0 ? 'passed' : 'FAILED'} ${name}\n${code === 0 ? '' : said}`);
      resolve();
    });
  });
}

async function runInTurn() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await run(name);
}

await Promise.all([runInTurn(), runInTurn()]);
process.exit(failed ? 1 : 0);
