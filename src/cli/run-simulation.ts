// Sends traffic at a constant rate, whether or not answers come, and listens for alerts meanwhile.
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Random } from '../training/random.js';
import type { Draw } from './asking.js';
import { startFeedbackSender } from './feedback-sender.js';
import { RequestError, type GraphqlClient } from './graphql-client.js';
import type { SimulateOptions } from './simulate-options.js';
import type { SimulateStatistics } from './simulate-statistics.js';

const ALERTS = `subscription ($model: String) {
  alertChanged(model: $model) { monitor key severity state summary }
}`;
const alertSchema = z.object({
  alertChanged: z.object({
    monitor: z.string(),
    key: z.string(),
    severity: z.string(),
    state: z.string(),
    summary: z.string(),
  }),
});
// Beyond this the server is lost anyway, and a client that goes on would only run out of memory.
const MAX_UNANSWERED = 1000;

export interface Simulation {
  readonly client: GraphqlClient;
  readonly draw: Draw;
  readonly random: Random;
  readonly statistics: SimulateStatistics;
  readonly say: (line: string) => void;
  /** Ends the traffic early; what was sent is still waited for. */
  readonly signal: AbortSignal;
}

/** Resolves when the last answer and the last label are through; latencies count from sending to answer. */
export async function runSimulation(options: SimulateOptions, simulation: Simulation): Promise<void> {
  const { client, draw, random, statistics, say, signal } = simulation;
  const unanswered = new Set<Promise<void>>();
  const startedAt = performance.now();
  const elapsedSeconds = () => (performance.now() - startedAt) / 1000;

  const feedback = startFeedbackSender({
    client,
    onAccepted: (count) => statistics.feedbackAccepted(count),
    onFailed: (code) => statistics.failed(code),
  });
  const stopAlerts = client.subscribe(
    ALERTS,
    { model: options.model },
    alertSchema,
    ({ alertChanged: alert }) => {
      statistics.alertSeen();
      say(`       ALERT ${alert.state} ${alert.severity} ${alert.monitor} ${alert.key}: ${alert.summary}`);
    },
    (problem) => say(`       alerts cannot be watched: ${problem}`),
  );
  const progress = setInterval(() => say(statistics.line(elapsedSeconds())), 1000);

  const sendOne = async (): Promise<void> => {
    const labelled = random.chance(options.feedback);
    const ask = await draw(elapsedSeconds());
    const sentAt = performance.now();
    statistics.sent();
    try {
      const { predictionId, right, of, truth } = await ask();
      statistics.answered(performance.now() - sentAt, right, of);
      if (labelled) feedback.add(predictionId, truth);
    } catch (error) {
      statistics.failed(error instanceof RequestError ? error.code : 'UNKNOWN');
    }
  };

  const total = Math.round(options.rate * options.seconds);
  const interrupted = () => signal.aborted;
  for (let n = 0; n < total && !interrupted(); n++) {
    const waitMs = (n / options.rate) * 1000 - (performance.now() - startedAt);
    if (waitMs > 0) await delay(waitMs, undefined, { signal }).catch(() => undefined);
    if (interrupted()) break;
    if (unanswered.size >= MAX_UNANSWERED) {
      statistics.skipped();
      // Without a pause here a stalled server would keep this loop from ever reading an answer.
      if (waitMs <= 0) await delay(1);
      continue;
    }
    const answer: Promise<void> = sendOne().finally(() => unanswered.delete(answer));
    unanswered.add(answer);
  }
  await Promise.all(unanswered);
  await feedback.stop();
  clearInterval(progress);
  stopAlerts();
}
