// Appends events of every kind to the streams of a watched model, in an order that does not depend on who reads when.
import { feedbackBatchCodec } from '../../src/events/feedback-batch.js';
import { predictionBatchCodec } from '../../src/events/prediction-codec.js';
import { resourceSampleCodec } from '../../src/events/resource-sample.js';
import type { MonitorEvent } from '../../src/monitors/monitor.js';
import type { RedisConnections } from '../../src/redis/redis-client.js';
import { eventually } from '../support/eventually.js';
import type { openMonitorsRoom } from './monitors-room.js';

type Room = ReturnType<typeof openMonitorsRoom>;
type StreamName = 'predictions' | 'feedback' | 'resources';

/** By stream, the last entry that was appended. */
export type Ends = Partial<Record<StreamName, string>>;

/** Appends them as they come; `ends` says where their streams end. */
export async function appendEvents(
  room: Room,
  redis: RedisConnections,
  events: readonly MonitorEvent[],
): Promise<Ends> {
  const entries = await Promise.all(
    events.map(async (event): Promise<readonly [StreamName, string]> => {
      const [stream, [field, payload]] = encoded(event);
      return [stream, await redis.commands.xAdd(room.model[stream], '*', { [field]: payload })];
    }),
  );
  return Object.fromEntries(entries);
}

/** Waits until a snapshot was saved that stands at these ends. */
export async function untilSaved(room: Room, ends: Ends): Promise<void> {
  await eventually(async () => {
    const saved = JSON.parse((await room.snapshot()) ?? '{}') as { readonly positions?: Ends };
    const { positions = {} } = saved;
    return Object.entries(ends).every(
      ([stream, end]) => new Map(Object.entries(positions)).get(stream) === end,
    );
  });
}

function encoded(event: MonitorEvent) {
  switch (event.kind) {
    case 'prediction':
      return ['predictions', predictionBatchCodec.encode(event.batch)] as const;
    case 'feedback':
      return ['feedback', feedbackBatchCodec.encode(event.batch)] as const;
    case 'resource':
      return ['resources', resourceSampleCodec.encode(event.sample)] as const;
  }
}
