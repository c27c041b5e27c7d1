// Whether this process lives, and whether work may be sent to it.
import type { FastifyInstance } from 'fastify';
import type { DependencyState } from '../resolvers/faces.js';

interface HealthParts {
  readonly checks: () => Promise<readonly DependencyState[]>;
  readonly timeoutMs: number;
  readonly draining: () => boolean;
}

/** `/health/live` asks nobody; `/health/ready` answers 503 while draining, or while a dependency is down or too slow to say. */
export function addHealthRoutes(app: FastifyInstance, { checks, timeoutMs, draining }: HealthParts): void {
  app.get('/health/live', (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );

  app.get('/health/ready', async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    const states = await within(timeoutMs, checks);
    const status = draining() ? 'draining' : worstOf(states);
    const ready = status === 'ok' || status === 'degraded';
    return reply.code(ready ? 200 : 503).send({ status, dependencies: states });
  });
}

function worstOf(states: readonly DependencyState[]): DependencyState['status'] {
  const words = states.map(({ status }) => status);
  if (words.includes('down')) return 'down';
  return words.includes('degraded') ? 'degraded' : 'ok';
}

async function within(timeoutMs: number, checks: HealthParts['checks']): Promise<readonly DependencyState[]> {
  const failed = (detail: string): DependencyState[] => [{ name: 'checks', status: 'down', detail }];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DependencyState[]>((resolve) => {
    timer = setTimeout(() => resolve(failed(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([checks(), late]);
  } catch {
    return failed('the checks failed');
  } finally {
    clearTimeout(timer);
  }
}
