// Makes the first prediction as any client would, and writes down how to make the next.
import { performance } from 'node:perf_hooks';

const QUERY = 'mutation ($input: PredictInput!) { predict(input: $input) { id label confidence } }';
const INPUT = {
  model: 'iris-classifier',
  features: { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 },
};
const BODY = JSON.stringify({ query: QUERY, variables: { input: INPUT } });
const WATCH = 'subscription { predictionCompleted { model label confidence } }';
const WATCH_ALERTS = 'subscription { alertChanged { model monitor state severity summary } }';

/** Sends one iris over HTTP; gives the answer and how long it took in ms, or the problem when it was refused. */
export async function makeFirstPrediction(url) {
  const startedAt = performance.now();
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: BODY,
      signal: AbortSignal.timeout(30_000),
    });
    const { data, errors } = await response.json();
    if (data?.predict) return { ...data.predict, latencyMs: performance.now() - startedAt };
    return { problem: errors?.[0]?.message ?? `HTTP ${response.status}` };
  } catch (error) {
    return { problem: error.cause?.message ?? error.message };
  }
}

/** The greeting: the prediction, and things to paste. */
export function whatToTry(url, prediction) {
  const socket = url.replace(/^http/, 'ws');
  return `
First prediction, made just now over HTTP
  asked     ${INPUT.model} ${JSON.stringify(INPUT.features)}
  ${answerOf(prediction)}

Make the next one
  curl -s ${url}/graphql -H 'content-type: application/json' -d '${BODY}'

Watch predictions arrive (in another terminal, in this folder)
  ${watchCommand(socket, WATCH)}

Watch alerts, and send traffic that drifts after half a minute
  ${watchCommand(socket, WATCH_ALERTS)}
  npm run simulate -- --url ${url} --model air-quality-ventilation --rate 50 --seconds 120 --drift "temperature+8@30" --feedback 0.5

The same in the explorer
  ${WATCH_ALERTS}

  explorer  ${url}/graphql
  metrics   ${url}/metrics
  health    ${url}/health/ready

Ctrl-C stops everything.`;
}

function answerOf({ problem, label, confidence, latencyMs, id }) {
  if (problem !== undefined) return `refused   ${problem}`;
  return `answer    ${label}, confidence ${confidence.toFixed(3)}, after ${latencyMs.toFixed(0)} ms (id ${id})`;
}

function watchCommand(socket, query) {
  const program = `import {createClient} from 'graphql-ws'; import ws from 'ws'; for await (const {data} of createClient({url: '${socket}/graphql', webSocketImpl: ws}).iterate({query: '${query}'})) console.log(JSON.stringify(data))`;
  return `node --input-type=module -e "${program}"`;
}
