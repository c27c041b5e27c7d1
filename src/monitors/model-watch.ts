// Watches one model whose lease this process holds: reads its streams, evaluates in rounds, commits each round whole.
import type { Logger } from 'pino';
import type { Judge } from '../events/round-judge.js';
import { startTailReader } from '../events/tail-reader.js';
import type { Metrics } from '../metrics.js';
import { commitFenced, type CommitOutcome } from '../redis/fenced-commit.js';
import type { Keys } from '../redis/keys.js';
import type { Expectation, RedisConnections, Write } from '../redis/redis-client.js';
import type { MeasurementGauges } from './measurement-gauges.js';
import { monitorEventSchema } from './monitor-event-schema.js';
import type { MonitorEvent, MonitorSubject } from './monitor.js';
import type { PlannedMonitor } from './plan.js';
import { createReadCounts } from './read-counts.js';
import { SOON_MS, startRounds, type RoundOutcome } from './rounds.js';
import { lookAhead, prepareStreams, reportWrites, snapshotWrites } from './watch-storage.js';
import { createWatchedModel } from './watched-model.js';

const MAX_ENTRIES_PER_READ = 500;
const JUDGE_ATTEMPTS = 3;
/** So long an evaluation waits for the streams to be read up, rather than take a backlog for silence. */
const CATCH_UP_MS = 30_000;

/** The model, its monitors, and what a round needs. */
export interface ModelWatchOptions {
  readonly redis: RedisConnections;
  readonly keys: Keys;
  readonly subject: MonitorSubject;
  readonly plan: readonly PlannedMonitor[];
  /** Who holds the lease; every commit is refused once it is another. */
  readonly owner: string;
  readonly evaluateEveryMs: number;
  readonly judge: Judge;
  readonly gauges: MeasurementGauges;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now: () => number;
  /** Called once, when a commit found the lease with another; the watch has ended by itself then. */
  readonly onLeaseLost: () => void;
}

/** A watch under way. */
export interface ModelWatch {
  /** Ends the watch after the round under way and saves where it stood, if the lease still allows. */
  stop(): Promise<void>;
}

/** Continues from the model's snapshot, or from the beginning of its streams; rejects while Redis is away. */
export async function startModelWatch(options: ModelWatchOptions): Promise<ModelWatch> {
  const { redis, subject, plan, owner, judge, gauges, metrics, now } = options;
  const model = subject.manifest.name;
  const keys = options.keys.model(model);
  const log = options.log.child({ room: 'monitors', model, version: subject.version });
  const watched = createWatchedModel({ subject, plan, metrics, log });
  const { snapshot, group } = await prepareStreams(redis, keys, plan);
  if (snapshot !== null) watched.restore(snapshot);

  const from = watched.positions();
  const counts = createReadCounts(from);
  const settle = (known: typeof group) => {
    const { predictions, feedback } = watched.positions();
    counts.settle('predictions', predictions, known.predictions);
    counts.settle('feedback', feedback, known.feedback);
  };
  settle(group);
  const take = (key: string, id: string, event: MonitorEvent | undefined) => {
    const stream = key === keys.feedback ? 'feedback' : 'predictions';
    watched.apply(stream, id, event);
    counts.add(stream);
  };
  const tail = await startTailReader({
    redis,
    from: { [keys.predictions]: from.predictions, [keys.feedback]: from.feedback },
    schema: monitorEventSchema,
    // Synchronous, so that a snapshot never sees half of it.
    onEntries: (entries) => {
      for (const { stream, id, value } of entries) take(stream, id, value);
    },
    onUnreadable: ({ stream, id }) => take(stream, id, undefined),
    maxEntries: MAX_ENTRIES_PER_READ,
    log,
    metrics,
  });

  const commit = (writes: readonly Write[], expectations: readonly Expectation[]): Promise<CommitOutcome> =>
    commitFenced(redis.commands, { lease: { key: keys.lease, owner }, writes, expectations });

  let postponedMs = 0;
  const round = async (): Promise<RoundOutcome> => {
    const { unreadSince, ends } = await lookAhead(redis, keys, watched.positions());
    settle(ends);
    const at = now();
    const lagMs = unreadSince === undefined ? 0 : Math.max(0, at - unreadSince);
    if (lagMs > options.evaluateEveryMs && postponedMs < CATCH_UP_MS) {
      postponedMs += Math.min(SOON_MS, options.evaluateEveryMs);
      return 'soon';
    }
    postponedMs = 0;
    // Nothing may be awaited between these two: state and positions belong to one moment.
    const reports = watched.evaluate(at, lagMs / 1000);
    const own = [...snapshotWrites(keys, watched, counts), ...reportWrites(keys, reports)];
    for (const report of reports) gauges.set(report);
    for (let attempt = 0; attempt < JUDGE_ATTEMPTS; attempt += 1) {
      const judged = await judge(model, reports, at);
      const outcome = await commit([...own, ...judged.writes], judged.expectations);
      if (outcome !== 'conflict') return outcome === 'committed' ? 'go-on' : 'lease-lost';
    }
    log.warn('alerts kept changing under the round; the next round judges anew');
    return 'go-on';
  };

  let ended: Promise<void> | undefined;
  // Once, though a lost lease and a stop may both ask for it.
  const end = () => (ended ??= tail.stop().finally(() => gauges.remove(model)));
  const rounds = startRounds({
    round,
    everyMs: options.evaluateEveryMs,
    log,
    onLeaseLost: () => void end().finally(options.onLeaseLost),
  });
  log.info({ monitors: plan.map(({ definition }) => definition.name), from }, 'watching');

  return {
    stop: async () => {
      await rounds.stop();
      await end();
      const outcome = await commit(snapshotWrites(keys, watched, counts), []).catch((error: unknown) =>
        String(error),
      );
      if (outcome !== 'committed')
        log.warn({ outcome }, 'the last snapshot was not saved; entries are replayed');
    },
  };
}
