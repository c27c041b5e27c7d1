// Whether the groups of a stream have read it to its end.
import { createClient } from 'redis';
import { z } from 'zod';

const groupsSchema = z.array(
  z.object({ name: z.string(), pending: z.number(), 'last-delivered-id': z.string() }),
);
const streamSchema = z.object({ 'last-generated-id': z.string() });

export type GroupState = 'untouched' | 'under way' | 'done';

export interface GroupWatch {
  /** By group; one that has not been made yet is not in it. */
  states(): Promise<ReadonlyMap<string, GroupState>>;
  close(): void;
}

export async function watchGroups(url: string, stream: string): Promise<GroupWatch> {
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  return {
    async states() {
      const groups = groupsSchema.parse(await client.sendCommand(['XINFO', 'GROUPS', stream]));
      const { 'last-generated-id': end } = streamSchema.parse(
        await client.sendCommand(['XINFO', 'STREAM', stream]),
      );
      return new Map(
        groups.map(({ name, pending, 'last-delivered-id': at }) => {
          if (at === '0-0') return [name, 'untouched'];
          return [name, at === end && pending === 0 ? 'done' : 'under way'];
        }),
      );
    },
    close: () => client.destroy(),
  };
}
