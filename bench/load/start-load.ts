// The load generator as a process of its own, so that it shares no event loop with anything else.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadPlan, LoadResult } from './plan.js';

export interface LoadGenerator {
  /** One plan at a time. Rejects when the process ended. */
  run(plan: LoadPlan): Promise<LoadResult>;
  stop(): Promise<void>;
}

export function startLoadGenerator(): LoadGenerator {
  const child = fork(join(import.meta.dirname, 'load-process.ts'), {
    execArgv: ['--import', 'tsx'],
    // Ctrl-C goes to the whole foreground group; who started it ends it.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  return {
    async run(plan) {
      const answered = once(child, 'message');
      child.send(plan);
      const ended = exited.then(() => Promise.reject(new Error('the load generator ended')));
      const [answer] = (await Promise.race([answered, ended])) as [
        { readonly result: LoadResult } | { readonly error: string },
      ];
      if ('error' in answer) throw new Error(`the load generator failed: ${answer.error}`);
      return answer.result;
    },
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
