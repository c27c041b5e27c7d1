// What a Redis server has been sent.
import { createClient } from 'redis';

export interface RedisTraffic {
  readonly bytesIn: number;
  readonly commands: number;
  readonly memoryBytes: number;
}

export async function readRedisTraffic(url: string): Promise<RedisTraffic> {
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const info = await client.info();
    const number = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? NaN);
    return {
      bytesIn: number('total_net_input_bytes'),
      commands: number('total_commands_processed'),
      memoryBytes: number('used_memory'),
    };
  } finally {
    client.destroy();
  }
}
