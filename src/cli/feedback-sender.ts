// Submits true labels some moments after the predictions, in batches, as people or later processes would.
import { z } from 'zod';
import type { Truth } from './asking.js';
import type { GraphqlClient } from './graphql-client.js';

const MUTATION = `mutation ($input: [FeedbackInput!]!) {
  submitFeedback(input: $input) { accepted errors { index code } }
}`;
const answerSchema = z.object({
  submitFeedback: z.object({
    accepted: z.number(),
    errors: z.array(z.object({ index: z.number(), code: z.string() })),
  }),
});
const MAX_BATCH = 100;
const EVERY_MS = 1000;
// A label may overtake the record of its prediction; after some rounds it is given up.
const MAX_TRIES = 5;

interface Label {
  readonly predictionId: string;
  readonly truth: Truth;
  readonly tries: number;
}

export interface FeedbackSender {
  add(predictionId: string, truth: Truth): void;
  /** Sends what is left, then ends. */
  stop(): Promise<void>;
}

/** Sends what was added once a second, at most 100 a request; `onAccepted` and `onFailed` hear how it went. */
export function startFeedbackSender({
  client,
  onAccepted,
  onFailed,
}: {
  readonly client: GraphqlClient;
  readonly onAccepted: (count: number) => void;
  readonly onFailed: (code: string) => void;
}): FeedbackSender {
  let waiting: Label[] = [];
  let sending: Promise<void> = Promise.resolve();

  const sendBatch = async (batch: readonly Label[]): Promise<void> => {
    const input = batch.map(({ predictionId, truth }) => ({ predictionId, ...truth }));
    try {
      const { submitFeedback } = await client.request(MUTATION, { input }, answerSchema);
      onAccepted(submitFeedback.accepted);
      for (const { code, index } of submitFeedback.errors) retryOrFail(batch[index], code);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
      for (const label of batch) retryOrFail(label, code);
    }
  };
  const retryOrFail = (label: Label | undefined, code: string): void => {
    if (label === undefined) return;
    if (label.tries < MAX_TRIES) waiting.push({ ...label, tries: label.tries + 1 });
    else onFailed(`feedback ${code}`);
  };
  const sendAll = async (): Promise<void> => {
    const labels = waiting;
    waiting = [];
    for (let from = 0; from < labels.length; from += MAX_BATCH) {
      await sendBatch(labels.slice(from, from + MAX_BATCH));
    }
  };
  const timer = setInterval(() => {
    sending = sending.then(sendAll);
  }, EVERY_MS);

  return {
    add: (predictionId, truth) => void waiting.push({ predictionId, truth, tries: 1 }),
    stop: async () => {
      clearInterval(timer);
      await sending;
      for (let round = 0; waiting.length > 0 && round < MAX_TRIES; round++) await sendAll();
    },
  };
}
