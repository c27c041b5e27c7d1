// Sends a single command to a local Redis over a connection of its own; for starting and stopping a private server.
import { connect } from 'node:net';

/** A server on 127.0.0.1. */
export interface LocalServer {
  readonly port: number;
  readonly password: string | undefined;
}

/** The reply's first line, such as `+PONG` or `-LOADING ...`; an empty string when the server just hangs up. */
export function sendOneCommand(server: LocalServer, command: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: '127.0.0.1' });
    let received = '';
    const skip = server.password === undefined ? 0 : 1;
    const finish = (error: Error | undefined, reply: string) => {
      clearTimeout(deadline);
      socket.destroy();
      if (error === undefined) resolve(reply);
      else reject(error);
    };
    const deadline = setTimeout(
      () => finish(new Error(`no answer to ${command} within ${timeoutMs} ms`), ''),
      timeoutMs,
    );
    socket.on('connect', () => {
      const auth = server.password === undefined ? '' : `AUTH ${server.password}\r\n`;
      socket.write(`${auth}${command}\r\n`);
    });
    socket.on('data', (chunk) => {
      received += chunk.toString('utf8');
      const lines = received.split('\r\n');
      const rejected = skip === 1 && lines.length > 1 && lines[0] !== '+OK' ? lines[0] : undefined;
      const reply = lines.length > skip + 1 ? lines[skip] : undefined;
      if (rejected !== undefined) finish(undefined, rejected);
      else if (reply !== undefined) finish(undefined, reply);
    });
    socket.on('error', (error) => finish(error, ''));
    socket.on('close', () => finish(undefined, ''));
  });
}
