// A plain client of the public API: fetch for queries, graphql-ws for subscriptions.
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface ApiError {
  readonly message: string;
  readonly extensions: {
    readonly code: string;
    readonly predictionId?: string;
    readonly retryable?: boolean;
    readonly retryAfterMs?: number;
  };
}

export interface ApiAnswer<T> {
  readonly data?: T | null;
  readonly errors?: readonly ApiError[];
}

/** Sends one operation and answers what came back, errors included. */
export async function send<T>(url: string, query: string, variables: object = {}): Promise<ApiAnswer<T>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as ApiAnswer<T>;
}

/** Sends one operation that must succeed. */
export async function ask<T>(url: string, query: string, variables: object = {}): Promise<T> {
  const { data, errors } = await send<T>(url, query, variables);
  if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors));
  return data;
}

export interface Subscribed<T> {
  readonly items: readonly T[];
  close(): Promise<void>;
}

/** Subscribes over a WebSocket and collects what comes; resolves once the socket is acknowledged. */
export async function subscribe<T>(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Subscribed<T>> {
  const items: T[] = [];
  const { promise: connected, client } = connect(url);
  const unsubscribe = client.subscribe<T>(
    { query, variables },
    { next: ({ data }) => data && items.push(data), error: () => undefined, complete: () => undefined },
  );
  await connected;
  return {
    items,
    async close() {
      unsubscribe();
      await client.dispose();
    },
  };
}

function connect(url: string): { promise: Promise<void>; client: Client } {
  let client: Client | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
      retryAttempts: 0,
      onNonLazyError: reject,
      on: { connected: () => resolve() },
    });
  });
  if (client === undefined) throw new Error('a promise runs its executor at once');
  return { promise, client };
}

export interface PredictionAnswer {
  readonly predict: {
    readonly id: string;
    readonly version: number;
    readonly label: string;
    readonly confidence: number;
    readonly probabilities: readonly { readonly label: string; readonly probability: number }[];
  };
}

export const PREDICT = /* GraphQL */ `
  mutation Predict($input: PredictInput!) {
    predict(input: $input) {
      id
      model
      version
      status
      label
      confidence
      probabilities {
        label
        probability
      }
      warnings {
        code
        feature
      }
      timings {
        totalMs
        queueMs
        computeMs
        batchSize
      }
    }
  }
`;

/** A clear setosa. */
export const CLEAR_IRIS = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
/** Between versicolor and virginica, where the model is unsure. */
export const UNSURE_IRIS = { sepal_length: 6, sepal_width: 2.8, petal_length: 4.9, petal_width: 1.65 };

/** An office that needs no air. */
export const CLEAR_AIR = {
  pm2_5: 12,
  pm10: 20,
  co2: 700,
  tvoc: 120,
  temperature: 21,
  humidity: 45,
  occupancy: 3,
  room_type: 'office',
};
/** The same office where the model is unsure. */
export const UNSURE_AIR = { ...CLEAR_AIR, co2: 1010 };

/** Asks for one iris prediction and answers what came back. */
export function predictIris(
  url: string,
  features: object = CLEAR_IRIS,
  rest: object = {},
): Promise<ApiAnswer<PredictionAnswer>> {
  return send<PredictionAnswer>(url, PREDICT, { input: { model: 'iris-classifier', features, ...rest } });
}
