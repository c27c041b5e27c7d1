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
  /** Sends bytes to a path of the server; throws a RequestError unless they are taken. */
  put(path: string, bytes: Uint8Array, contentType: string): Promise<void>;
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
    put: async (path, bytes, contentType) => {
      const { status, text } = await ask(`${url}${path}`, 'PUT', bytes, contentType);
      if (status < 300) return;
      const [error] = parseEnvelope(status, text).errors ?? [];
      throw new RequestError(
        error?.extensions?.code ?? `HTTP_${status}`,
        error?.message ?? text.slice(0, 200),
      );
    },
    close: async () => {
      await socket.dispose();
    },
  };
}

async function post(url: string, body: string): Promise<z.infer<typeof envelopeSchema>> {
  const { status, text } = await ask(url, 'POST', body, 'application/json');
  return parseEnvelope(status, text);
}

const TIMEOUT_MS = 120_000;

async function ask(
  url: string,
  method: 'POST' | 'PUT',
  body: string | Uint8Array,
  contentType: string,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(url, {
      method,
      headers: { 'content-type': contentType },
      body: typeof body === 'string' ? body : new Uint8Array(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RequestError('UNREACHABLE', reason, { cause: error });
  }
}

function parseEnvelope(status: number, text: string): z.infer<typeof envelopeSchema> {
  try {
    return envelopeSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new RequestError(`HTTP_${status}`, text.slice(0, 200), { cause: error });
  }
}
