// A process that owns an embedded Redis until it is killed: `node --import tsx embedded-redis-owner.ts <data folder>`.
import { startEmbeddedRedis } from '../../src/redis/embedded-redis.js';
import { silent } from './redis-room.js';

const redis = await startEmbeddedRedis({ dataDir: process.argv[2] ?? '', allowInstall: false, log: silent });
process.stdout.write(`${redis.url}\n`);
setInterval(() => undefined, 60_000);
