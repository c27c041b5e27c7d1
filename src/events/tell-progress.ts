// Appends how far a picture is to a short stream: who looks now sees it, and nobody misses it later.
import type { RedisConnections } from '../redis/redis-client.js';
import { pictureProgressCodec, type PictureProgressEvent } from './picture-progress.js';

// With all its boxes an entry may be large, and an old one is of no use.
const MAX_ENTRIES = 64;
const EXPIRE_S = 60;

/** What is lost with Redis is not said again: the next word says more. */
export async function tellProgress(
  { commands }: Pick<RedisConnections, 'commands'>,
  stream: string,
  progress: PictureProgressEvent,
): Promise<void> {
  const [field, payload] = pictureProgressCodec.encode(progress);
  try {
    await commands.xAdd(
      stream,
      '*',
      { [field]: payload },
      {
        TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: MAX_ENTRIES },
      },
    );
    await commands.expire(stream, EXPIRE_S);
  } catch {
    // As above.
  }
}
