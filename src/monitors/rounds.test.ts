// Rounds come one at a time, through failures, until they are stopped or the lease is lost.
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { startRounds, type RoundOutcome } from './rounds.js';

function run(outcomes: readonly (RoundOutcome | Error)[], everyMs = 1) {
  const seen = { rounds: 0, under: 0, overlapped: false, lost: 0 };
  const rounds = startRounds({
    round: async () => {
      seen.overlapped ||= seen.under > 0;
      seen.under += 1;
      await Promise.resolve();
      seen.under -= 1;
      const outcome = outcomes[seen.rounds] ?? 'go-on';
      seen.rounds += 1;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    everyMs,
    log: pino({ level: 'silent' }),
    onLeaseLost: () => (seen.lost += 1),
  });
  return { seen, rounds };
}

it('goes on through failures, one round at a time, until it is stopped', async () => {
  const { seen, rounds } = run([new Error('away'), 'go-on', new Error('away')]);
  await eventually(() => seen.rounds > 5);
  await rounds.stop();
  const { rounds: done } = seen;
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toMatchObject({ rounds: done, overlapped: false, lost: 0 });
});

it('comes again soon, not after a whole interval, when a round asks for it', async () => {
  const { seen, rounds } = run(['soon', 'soon'], 3_600_000);
  await eventually(() => seen.rounds === 3);
  await rounds.stop();
});

it('ends by itself when the lease is lost', async () => {
  const { seen, rounds } = run(['go-on', 'lease-lost']);
  await eventually(() => seen.lost === 1);
  await rounds.stop();
  expect(seen).toMatchObject({ rounds: 2, lost: 1 });
});
