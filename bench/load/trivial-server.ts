// Answers every request with the same bytes: what the load generator reaches against it is the generator's own limit.
import { createServer, type AddressInfo } from 'node:net';

const BODY = JSON.stringify({ data: { predict: { label: 'setosa', confidence: 0.98 } } });
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(BODY)}\r\n\r\n${BODY}`,
);

// One request at a time on a connection, and small: a chunk is a request.
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', () => socket.write(ANSWER));
});
server.listen({ host: '127.0.0.1', port: 0 }, () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: `http://127.0.0.1:${port}/` })}\n`);
});
process.once('disconnect', () => process.exit(0));
