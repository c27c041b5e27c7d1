// The interactive explorer for development: one self-contained page, its scripts and workers inside it.
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

/** Whatever the page would like to load from elsewhere, the browser refuses; the editor's workers are blobs of the page. */
export const EXPLORER_CSP = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const FIRST_QUERY = `# Runs against this server. Ctrl-Space completes, Ctrl-Enter runs.
query Models {
  models {
    name
    title
    features {
      name
      type
      unit
    }
  }
}
`;

export function renderExplorer(): string {
  return renderGraphiQL({
    title: 'Vigie explorer',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultQuery: FIRST_QUERY,
    favicon: 'data:,',
  });
}
