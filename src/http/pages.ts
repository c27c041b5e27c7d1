// Pages for people: the front page, and in development the explorer.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiFaces } from '../resolvers/faces.js';
import { FRONT_PAGE_CSP, renderFrontPage } from './front-page.js';

export function addFrontPage(
  app: FastifyInstance,
  { registry, explorer }: { readonly registry: ApiFaces['registry']; readonly explorer: boolean },
): void {
  app.get('/', (request, reply) =>
    sendPage(
      reply,
      FRONT_PAGE_CSP,
      renderFrontPage({ origin: originOf(request), models: registry.models(), explorer }),
    ),
  );
}

/** Browsers ask for HTML by name; no GraphQL client does. */
export function wantsPage({ method, headers, url }: FastifyRequest): boolean {
  return method === 'GET' && !url.includes('query=') && (headers.accept ?? '').includes('text/html');
}

/** Answers the explorer, whose nine megabytes of script are only loaded for the first who asks. */
export function createExplorer(): (reply: FastifyReply) => void {
  let page: string | undefined;
  const send = async (reply: FastifyReply) => {
    const { EXPLORER_CSP, renderExplorer } = await import('./explorer-page.js');
    page ??= renderExplorer();
    void sendPage(reply, EXPLORER_CSP, page);
  };
  return (reply) => {
    send(reply).catch((error: unknown) => void reply.send(error));
  };
}

function sendPage(reply: FastifyReply, policy: string, html: string): FastifyReply {
  return reply
    .header('content-security-policy', policy)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html);
}

// The Host header is the caller's word: only a plain one is repeated in a command people may paste.
function originOf({ protocol, headers }: FastifyRequest): string {
  const host = headers.host ?? '';
  return `${protocol}://${/^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i.test(host) ? host : 'localhost'}`;
}
