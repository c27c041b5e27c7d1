// Lets a process of any role tell what it and its machine use; one with the monitor role tells of queues and Redis too.
import { SYSTEM_SUBJECT } from '../manifest/system-subject.js';
import { startSampling } from '../resources/start-sampling.js';
import type { House } from './house.js';

/** To be called before the roles start, so that the last sample comes after they have stopped. */
export function sampleResources(house: House): void {
  const { config, keys, producer, onStop } = house;
  const waiting = async () =>
    [...(await producer.counts())].map(([name, counts]) => ({ name, waiting: counts.waiting }));
  const sampling = startSampling({
    ...house,
    stream: keys.model(SYSTEM_SUBJECT).resources,
    roles: config.roles,
    dataDir: config.dataDir,
    waiting: config.roles.includes('monitor') ? waiting : undefined,
  });
  onStop('resource samples', () => sampling.stop());
}
