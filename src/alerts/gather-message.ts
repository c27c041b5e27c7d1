// Finds everything that one message tells of, however many entries of the stream that is.
import { alertTransitionCodec, type AlertTransition } from '../events/alert-transition.js';
import { FIELD } from '../events/codec.js';
import { entriesOfRange, type StreamEntry } from '../events/read-entries.js';
import { askForBytes } from '../redis/ask-for-bytes.js';
import type { RedisConnections } from '../redis/redis-client.js';

const PAGE = 500;

/** The one that stands for the message, and those that are told with it. */
export type Message = readonly [AlertTransition, ...AlertTransition[]];

/**
 * All that are told together with this entry, the most severe first, then the oldest: always the same, whoever asks and
 * how often. Undefined when it is not to be told, or another entry brings its message about. Rejects while Redis is away.
 */
export async function gatherMessage(
  { commands }: RedisConnections,
  { stream, id, value }: StreamEntry<AlertTransition>,
): Promise<Message | undefined> {
  const { message, notify } = value;
  if (!notify || (message !== undefined && message.first !== value.id)) return undefined;
  const found: [AlertTransition, ...AlertTransition[]] = [value];
  let last = id;
  while (message !== undefined && found.length < message.size) {
    const range = ['XRANGE', stream, `(${last}`, '+', 'COUNT', String(PAGE)];
    const page = entriesOfRange(stream, await askForBytes(commands, range));
    for (const entry of page) {
      const decoded = alertTransitionCodec.decode(entry.event ?? [FIELD.json, '']);
      if (decoded.ok && decoded.value.message?.first === message.first) found.push(decoded.value);
      last = entry.id;
    }
    if (page.length < PAGE) break;
  }
  return found.sort(bySeverity);
}

function bySeverity(a: AlertTransition, b: AlertTransition): number {
  if (a.alert.severity !== b.alert.severity) return a.alert.severity === 'critical' ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
