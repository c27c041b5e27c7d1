// A real HTTP server that keeps what is posted to it and answers as a test says.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One request: its headers, and its body as JSON. */
export interface ReceivedPost {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Listens on a free port of 127.0.0.1. */
export async function startHttpReceiver() {
  const posts: ReceivedPost[] = [];
  const answers = { next: (response: ServerResponse): unknown => response.end('ok') };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      posts.push({ headers: request.headers, body: JSON.parse(body) });
      answers.next(response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    /** How the requests from now on are answered; without it with 200. */
    answerWith: (answer: (response: ServerResponse) => unknown) => void (answers.next = answer),
    stop: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
