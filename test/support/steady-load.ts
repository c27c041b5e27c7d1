// Clients that send one prediction after another until told to stop, and note what became of each.
import { setTimeout as pause } from 'node:timers/promises';
import { predictIris } from './api-client.js';

/** Times in epoch ms. */
export interface Outcome {
  /** The place of the client among them, from 0. */
  readonly client: number;
  readonly id: string | undefined;
  /** Of the model that answered. */
  readonly version: number | undefined;
  readonly code: string | undefined;
  readonly sentAt: number;
  readonly tookMs: number;
}

// Enough that something is always under way, without taking the cores from what is to happen meanwhile.
const PACE_MS = 20;

/** Starts `clients` of them at once. */
export function startSteadyLoad(
  url: string,
  { clients }: { readonly clients: number },
): { readonly outcomes: readonly Outcome[]; stop(): Promise<void> } {
  const outcomes: Outcome[] = [];
  let going = true;
  const runClient = async (client: number) => {
    while (going) {
      const sentAt = Date.now();
      const { data, errors } = await predictIris(url);
      const code = errors?.[0]?.extensions.code;
      const { id, version } = data?.predict ?? {};
      outcomes.push({ client, id, version, code, sentAt, tookMs: Date.now() - sentAt });
      await pause(PACE_MS);
    }
  };
  const running = Array.from({ length: clients }, (_, client) => runClient(client));
  return {
    outcomes,
    async stop() {
      going = false;
      await Promise.all(running);
    },
  };
}
