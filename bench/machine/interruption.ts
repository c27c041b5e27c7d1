// Notices that a person has had enough.
import { killTree } from './process-tree.js';

/** Rejects when the process is asked to stop. Asked again later than an echo, it goes at once and takes all it started along. */
export function interruption(): Promise<never> {
  let askedAt: number | undefined;
  return new Promise((_resolve, reject) => {
    const ask = (signal: NodeJS.Signals) => {
      const now = performance.now();
      // npm and tsx hand Ctrl-C on although the terminal has sent it already.
      if (askedAt !== undefined && now - askedAt > ECHO_MS) killTree(process.pid);
      askedAt ??= now;
      reject(new Interrupted(signal));
    };
    process.on('SIGINT', ask);
    process.on('SIGTERM', ask);
  });
}

/** Not a failure: somebody wanted it. */
export class Interrupted extends Error {
  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
    this.name = 'Interrupted';
  }
}

const ECHO_MS = 1000;
