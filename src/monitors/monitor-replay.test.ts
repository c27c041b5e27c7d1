// A monitor can be told all that it knew, or it is known that it cannot.
import { describe, expect, it } from 'vitest';
import { createMonitorReplay } from './monitor-replay.js';

const update = () => ({ kind: 'update', monitor: 4, events: [] }) as const;

describe('the replay of a monitor', () => {
  it('is its last state and what it was sent after that state was asked for', () => {
    const replay = createMonitorReplay(4, 100);
    const [early, late] = [update(), update()];
    replay.sent(early, 1);
    expect(replay.calls()).toEqual([early]);
    const place = replay.place();
    replay.sent(late, 1);
    replay.stood(place, 'state');
    const calls = replay.calls();
    expect(calls).toEqual([{ kind: 'restore', monitor: 4, state: 'state' }, late]);
    expect(calls?.[1]).toBe(late);
  });

  it('is not known once too much was sent, until a later state is', () => {
    const replay = createMonitorReplay(4, 10);
    replay.stood(replay.place(), 'early');
    for (let i = 0; i < 4; i += 1) replay.sent(update(), 3);
    expect(replay.calls()).toBeUndefined();
    replay.stood(1, 'too early');
    expect(replay.calls()).toBeUndefined();
    replay.stood(replay.place(), 'late');
    expect(replay.calls()).toEqual([{ kind: 'restore', monitor: 4, state: 'late' }]);
  });
});
