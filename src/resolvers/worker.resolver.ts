// The processes that run models.
import '../schema/reflect-metadata.js';
import { Query, Resolver } from 'type-graphql';
import { WorkerStatus } from '../schema/worker.type.js';
import type { Plain } from '../schema/plain.js';
import type { ApiFaces } from './faces.js';

@Resolver()
export class WorkerResolver {
  constructor(private readonly faces: Pick<ApiFaces, 'workers'>) {}

  @Query(() => [WorkerStatus])
  async workers(): Promise<Plain<WorkerStatus>[]> {
    const heartbeats = await this.faces.workers();
    return heartbeats.map((heartbeat) => ({ ...heartbeat, lastSeenAt: new Date(heartbeat.lastSeenAt) }));
  }
}
