// A small mail server over a plain socket (RFC 5321): takes every message, or answers a command as a test says.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** One message as it came: the envelope, and headers and text with CRLF made LF and doubled dots undone. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** What a test may have answered instead: by the first word of a line, or `greeting`; null is silence. */
export type Answers = Readonly<Record<string, ((line: string) => string | null | undefined) | undefined>>;

/** Listens on a free port of 127.0.0.1. `lines` holds every line of every client but those of messages. */
export async function startPrivateSmtp(answers: Answers = {}) {
  const mails: ReceivedMail[] = [];
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, { answers, mails, lines });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    mails,
    lines,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const USUAL: Readonly<Record<string, string>> = {
  greeting: '220 test ESMTP',
  EHLO: '250-test\r\n250 AUTH PLAIN LOGIN',
  AUTH: '235 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  RSET: '250 ok',
  QUIT: '221 bye',
  '.': '250 queued',
};

function serve(
  socket: Socket,
  { answers, mails, lines }: { answers: Answers; mails: ReceivedMail[]; lines: string[] },
): void {
  const say = (word: string, line: string): boolean => {
    const chosen = answers[word]?.(line);
    const answer = chosen === undefined ? (USUAL[word] ?? '502 unknown') : chosen;
    if (answer !== null) socket.write(`${answer}\r\n`);
    return answer?.startsWith('2') === true || answer?.startsWith('3') === true;
  };
  let from = '';
  let to: string[] = [];
  let text: string[] | undefined;
  const take = (line: string) => {
    if (text !== undefined) {
      if (line !== '.') {
        text.push(line.replace(/^\.\./, '.'));
        return;
      }
      if (say('.', line)) mails.push({ from, to, text: text.join('\n') });
      text = undefined;
      return;
    }
    lines.push(line);
    const word = line.split(' ')[0]?.toUpperCase() ?? '';
    const isGood = say(word, line);
    const address = /<(.*)>/.exec(line)?.[1] ?? '';
    if (word === 'MAIL') [from, to] = [address, []];
    if (word === 'RCPT' && isGood) to = [...to, address];
    if (word === 'DATA' && isGood) text = [];
    if (word === 'QUIT') socket.end();
  };
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\r\n');
    rest = parts.pop() ?? '';
    parts.forEach(take);
  });
  say('greeting', '');
}
