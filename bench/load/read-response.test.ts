import { describe, expect, it } from 'vitest';
import { createResponseReader } from './read-response.js';

const whole = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX-A: b\r\n\r\n{"a":1}');

describe('the response reader', () => {
  it('finds the same response however its bytes are cut', () => {
    for (let cut = 1; cut < whole.length; cut += 1) {
      const reader = createResponseReader();
      expect(reader.push(whole.subarray(0, cut))).toBeUndefined();
      const response = reader.push(whole.subarray(cut));
      expect({ ...response, body: response?.body.toString() }).toEqual({
        status: 200,
        body: '{"a":1}',
        closes: false,
      });
    }
  });

  it('takes one response after the other', () => {
    const reader = createResponseReader();
    const other = Buffer.from('HTTP/1.1 503 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    expect(reader.push(whole)?.status).toBe(200);
    expect(reader.push(other)).toMatchObject({ status: 503, closes: true });
  });

  it('refuses what it cannot measure: no length, no HTTP, more than was announced', () => {
    const chunked = Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    const strange = Buffer.from('SSH-2.0-x\r\n\r\n');
    const longer = Buffer.concat([whole, Buffer.from('!')]);
    for (const bytes of [chunked, strange, longer])
      expect(() => createResponseReader().push(bytes)).toThrow();
  });
});
