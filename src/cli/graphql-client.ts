// A client of the public API, as any other: GraphQL over HTTP, and subscriptions over a WebSocket.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { z } from 'zod';

const envelopeSchema = z.object({
  data: z.unknown(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }).partial().optional() }))
    .optional(),
});

/** A refusal by the server: its code, or UNREACHABLE when there was no answer. */
export class RequestError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestError';
    this.code = code;
  }
}

export interface GraphqlClient {
  /** Sends one operation and parses its data; throws a RequestError. */
  request<T>(query: string, variables: Readonly<Record<string, unknown>>, data: z.ZodType<T>): Promise<T>;
  /** Calls back on every event until it is stopped; it reconnects by itself. */
  subscribe<T>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    data: z.ZodType<T>,
    onData: (data: T) => void,
    onEnd: (problem: string) => void,
  ): () => void;
  close(): Promise<void>;
}

/** `url` is the server's address without a path. */
export function createGraphqlClient(url: string): GraphqlClient {
  const socket = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    shouldRetry: () => true,
    retryAttempts: 20,
  });
  return {
    request: async (query, variables, dataSchema) => {
      const { data, errors } = await post(`${url}/graphql`, JSON.stringify({ query, variables }));
      const [error] = errors ?? [];
      if (error !== undefined) throw new RequestError(error.extensions?.code ?? 'UNKNOWN', error.message);
      return dataSchema.parse(data);
    },
    subscribe: (query, variables, dataSchema, onData, onEnd) =>
      socket.subscribe(
        { query, variables },
        {
          next: ({ data, errors }) => {
            const parsed = dataSchema.safeParse(data);
            if (parsed.success) onData(parsed.data);
            else onEnd(errors?.[0]?.message ?? parsed.error.message);
          },
          error: (error) => onEnd(error instanceof Error ? error.message : JSON.stringify(error)),
          complete: () => undefined,
        },
      ),
    close: async () => {
      await socket.dispose();
    },
  };
}

async function post(url: string, body: string): Promise<z.infer<typeof envelopeSchema>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    text = await response.text();
  } catch (error) {
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RequestError('UNREACHABLE', reason, { cause: error });
  }
  try {
    return envelopeSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new RequestError(`HTTP_${response.status}`, text.slice(0, 200), { cause: error });
  }
}
