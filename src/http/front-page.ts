// The page at `/`: what this server offers, its models, and a first prediction to paste. One file, nothing loaded from elsewhere.
import type { ApiFaces } from '../resolvers/faces.js';
import { escapeHtml } from './escape-html.js';
import { FRONT_PAGE_STYLE } from './front-page-style.js';

/** Scripts are forbidden; the style is inside the page. */
export const FRONT_PAGE_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type RegisteredModel = ReturnType<ApiFaces['registry']['models']>[number];

interface FrontPageParts {
  /** Where this server is reached, for example `http://localhost:4000`. */
  readonly origin: string;
  readonly models: readonly RegisteredModel[];
  readonly explorer: boolean;
}

export function renderFrontPage({ origin, models, explorer }: FrontPageParts): string {
  const [first] = models;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vigie</title>
<style>${FRONT_PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>Vigie</h1>
<p class="lead">Serves ONNX models over GraphQL and keeps watch over them.</p>
<nav aria-label="Links">
${explorer ? link('/graphql', 'Explorer', 'write and run GraphQL here') : ''}
${link('/health/ready', 'Health', 'this process and what it depends on')}
${link('/metrics', 'Metrics', 'for Prometheus')}
</nav>
<h2>Models</h2>
${models.length === 0 ? '<p>No model is registered yet.</p>' : models.map(renderModel).join('\n')}
${first === undefined ? '' : `<h2>A first prediction</h2>\n<pre><code>${escapeHtml(curlFor(origin, first))}</code></pre>`}
<h2>Live</h2>
<p>Subscriptions speak <code>graphql-transport-ws</code> at <code>${escapeHtml(origin.replace(/^http/, 'ws'))}/graphql</code>.</p>
<pre><code>subscription { alertChanged { state severity summary } }</code></pre>
</main>
</body>
</html>
`;
}

/** A command that asks for a prediction with the example values of the model's features. */
function curlFor(origin: string, { manifest }: RegisteredModel): string {
  const features = Object.fromEntries(
    manifest.features.map(({ name, example, categories, min }) => [
      name,
      example ?? categories?.[0] ?? min ?? 0,
    ]),
  );
  const query = `mutation Predict($input: PredictInput!) { predict(input: $input) { id label value confidence } }`;
  const body = JSON.stringify({ query, variables: { input: { model: manifest.name, features } } });
  const quoted = body.replaceAll("'", String.raw`'\''`);
  return `curl ${origin}/graphql -H 'content-type: application/json' \\\n  -d '${quoted}'`;
}

function renderModel({ manifest, production }: RegisteredModel): string {
  const features = manifest.features
    .map(
      ({ name, unit }) =>
        `<li>${escapeHtml(name)}${unit === undefined ? '' : ` <small>${escapeHtml(unit)}</small>`}</li>`,
    )
    .join('');
  return `<article>
<h3>${escapeHtml(manifest.title)} <small>${escapeHtml(manifest.name)}, version ${production.version}</small></h3>
${manifest.description === undefined ? '' : `<p>${escapeHtml(manifest.description)}</p>`}
<ul aria-label="Features">${features}</ul>
</article>`;
}

function link(href: string, name: string, what: string): string {
  return `<a href="${href}"><strong>${name}</strong><span>${what}</span></a>`;
}
