// Watches one version of a model whose lease this process holds: reads the model's streams, evaluates in rounds, commits each
// round whole, and hands over when another version is in production.
import type { Logger } from 'pino';
import type { Judge } from '../events/round-judge.js';
import { startTailReader } from '../events/tail-reader.js';
import type { Metrics } from '../metrics.js';
import { commitFenced, type CommitOutcome } from '../redis/fenced-commit.js';
import type { Keys } from '../redis/keys.js';
import type { Expectation, RedisConnections, Write } from '../redis/redis-client.js';
import type { MeasurementGauges } from './measurement-gauges.js';
import type { WorkEnd } from './lease-loop.js';
import type { MonitorReport } from '../events/monitor-report.js';
import { monitorEventCodec } from './monitor-event-codec.js';
import type { PlannedMonitor } from './plan.js';
import type { PluginRunner } from './plugin-runner.js';
import { createReadCounts } from './read-counts.js';
import { SOON_MS, startRounds, type RoundOutcome } from './rounds.js';
import { createTaking } from './take-entries.js';
import {
  lookAhead,
  positionWrites,
  prepareStreams,
  reportWrites,
  snapshotWrite,
  streamsOf,
} from './watch-storage.js';
import type { WatchableModel } from './watchable-model.js';
import { createWatchedModel, versionOf } from './watched-model.js';

const MAX_ENTRIES_PER_READ = 500;
/** Nobody waits for what is read here, and who waits for an answer should not wait for it. */
const REST_MS = 50;
const JUDGE_ATTEMPTS = 3;
/** So long an evaluation waits for the streams to be read up, rather than take a backlog for silence. */
const CATCH_UP_MS = 30_000;

/** The model, its monitors, and what a round needs. */
export interface ModelWatchOptions {
  readonly redis: RedisConnections;
  readonly keys: Keys;
  readonly model: WatchableModel;
  readonly plan: readonly PlannedMonitor[];
  /** By monitor name: those that run in a thread. */
  readonly runners: ReadonlyMap<string, PluginRunner>;
  /** Who holds the lease; every commit is refused once it is another. */
  readonly owner: string;
  readonly evaluateEveryMs: number;
  readonly judge: Judge;
  readonly gauges: MeasurementGauges;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now: () => number;
  /**
   * Called once, when the watch has ended by itself: a commit found the lease with another, or another version is in
   * production and the next watch (`again`) begins with it.
   */
  readonly onEnded: (why: WorkEnd) => void;
}

/** A watch under way. */
export interface ModelWatch {
  /** Ends the watch after the round under way and saves where it stood, if the lease still allows. */
  stop(): Promise<void>;
}

/**
 * Continues the version of the model's snapshot from where it stands, or begins with the one in production at the beginning
 * of the streams. Rejects while Redis is away.
 */
export async function startModelWatch(options: ModelWatchOptions): Promise<ModelWatch> {
  const { redis, model, plan, runners, owner, judge, gauges, metrics, now } = options;
  const { name } = model.manifest;
  const keys = options.keys.model(name);
  const streams = streamsOf(model.manifest.task);
  const { snapshot, group } = await prepareStreams(redis, keys, plan, streams);
  const subject = model.subject(snapshot === null ? undefined : versionOf(snapshot));
  const log = options.log.child({ room: 'monitors', model: name, version: subject.version });
  const watched = createWatchedModel({ subject, plan, runners, metrics, log });
  if (snapshot !== null) watched.restore(snapshot);

  const from = watched.positions();
  const counts = createReadCounts(from);
  const settle = (known: typeof group) => {
    const at = watched.positions();
    for (const stream of streams) counts.settle(stream, at[stream] ?? '0-0', known[stream]);
  };
  settle(group);
  const stopping = new AbortController();
  let handingOver: Promise<void> | undefined;
  const taking = createTaking({
    version: subject.version,
    model,
    // State and position in one step, so that a snapshot never sees half of it.
    take: (key, id, event) => {
      const stream = streams.find((name) => keys[name] === key);
      if (stream === undefined) return;
      watched.apply(stream, id, event);
      counts.add(stream);
    },
    onMoved: (version) => {
      handingOver = handOver(version);
    },
    signal: stopping.signal,
  });
  const tail = await startTailReader({
    redis,
    from: Object.fromEntries(streams.map((stream) => [keys[stream], from[stream] ?? '0-0'])),
    codec: monitorEventCodec,
    ...taking,
    maxEntries: MAX_ENTRIES_PER_READ,
    restMs: REST_MS,
    log,
    metrics,
  }).catch((error: unknown) => {
    watched.close();
    throw error;
  });

  const commit = (writes: readonly Write[], expectations: readonly Expectation[]): Promise<CommitOutcome> =>
    commitFenced(redis.commands, { lease: { key: keys.lease, owner }, writes, expectations });
  /** What saves where the watch stands at this moment, and the answer of `evaluating`, begun at the same moment. */
  const saving = async <T>(evaluating: T, snapshotting: string | Promise<string>) => {
    const moves = positionWrites(keys, watched.positions(), counts, streams);
    const [evaluated, text] = await Promise.all([evaluating, snapshotting]);
    return { evaluated, writes: [...moves, snapshotWrite(keys, text)] };
  };
  /** Commits what saves a moment with the reports of that moment and what they change in alerts. */
  const commitRound = async (saved: readonly Write[], reports: readonly MonitorReport[], at: number) => {
    const own = [...saved, ...reportWrites(keys, reports)];
    for (let attempt = 1; ; attempt += 1) {
      const judged = await judge(name, reports, at);
      const outcome = await commit([...own, ...judged.writes], judged.expectations);
      if (outcome !== 'conflict' || attempt === JUDGE_ATTEMPTS) return outcome;
    }
  };

  let postponedMs = 0;
  const round = async (): Promise<RoundOutcome> => {
    const { unreadSince, ends } = await lookAhead(redis, keys, watched.positions(), streams);
    settle(ends);
    const at = now();
    const lagMs = unreadSince === undefined ? 0 : Math.max(0, at - unreadSince);
    if (lagMs > options.evaluateEveryMs && postponedMs < CATCH_UP_MS) {
      postponedMs += Math.min(SOON_MS, options.evaluateEveryMs);
      return 'soon';
    }
    postponedMs = 0;
    // All begun in one go: reports, state and positions belong to one moment, though entries are applied while some answer.
    const taken = saving(watched.evaluate(at, lagMs / 1000), watched.snapshot());
    const { evaluated: reports, writes } = await taken;
    const committing = commitRound(writes, reports, at);
    for (const report of reports) gauges.set(report);
    const outcome = await committing;
    if (outcome === 'conflict') log.warn('alerts kept changing under the round; the next round judges anew');
    return outcome === 'lease-lost' ? outcome : 'go-on';
  };

  let ended: Promise<void> | undefined;
  // Once, though a lost lease, another version and a stop may all ask for it. The monitors are let go by who had their last word.
  const end = () => {
    stopping.abort();
    return (ended ??= tail.stop().finally(() => gauges.remove(name)));
  };
  const rounds = startRounds({
    round,
    everyMs: options.evaluateEveryMs,
    log,
    onLeaseLost: () =>
      void end().finally(() => {
        watched.close();
        options.onEnded('lease-lost');
      }),
  });
  log.info({ monitors: plan.map(({ definition }) => definition.name), from }, 'watching');

  /** The last round of this version, and with it the beginning of the next one's watch: both or neither. */
  const handOver = async (version: number) => {
    await rounds.stop();
    await end();
    const at = now();
    const { evaluated: reports, writes } = await saving(watched.evaluate(at, 0), watched.handOver(version));
    const outcome = await commitRound(writes, reports, at).catch(String);
    watched.close();
    if (outcome === 'committed')
      log.info({ to: version, ...watched.positions() }, 'handed over to a version');
    else log.warn({ to: version, outcome }, 'not handed over to a version; entries are replayed');
    options.onEnded(outcome === 'lease-lost' ? outcome : 'again');
  };

  return {
    stop: async () => {
      await rounds.stop();
      await end();
      if (handingOver !== undefined) {
        await handingOver;
        return;
      }
      const { writes } = await saving(undefined, watched.snapshot());
      watched.close();
      const outcome = await commit(writes, []).catch(String);
      if (outcome !== 'committed')
        log.warn({ outcome }, 'the last snapshot was not saved; entries are replayed');
    },
  };
}
