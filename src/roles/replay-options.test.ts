// What `npm run replay` can be asked, and what it says when that is not understood.
import { expect, it } from 'vitest';
import { parseReplayOptions } from './replay-options.js';

it('takes a model, and a version, a stretch of time and a step where they are given', () => {
  expect(parseReplayOptions(['--model', 'iris'])).toEqual({ model: 'iris', every: 5 });
  const all = ['--model', 'iris', '--version', '2', '--every', '0.5'];
  const time = ['--from', '2026-03-01T00:00:00Z', '--to', '2026-03-01T01:00:00+01:00'];
  expect(parseReplayOptions([...all, ...time])).toEqual({
    ...{ model: 'iris', version: 2, every: 0.5 },
    ...{ from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 2, 1) },
  });
});

it.each([
  [[], ['--model is needed']],
  [
    ['--version', '0'],
    ['--model is needed', '--version must be a whole number above 0'],
  ],
  [['--model', 'iris', '--every', 'soon'], ['--every must be a number of seconds']],
  [['--model', 'iris', '--from', 'yesterday'], ['--from must be a time']],
  [
    ['--model', 'iris', '--from', '2026-03-02T00:00:00Z', '--to', '2026-03-01T00:00:00Z'],
    ['--to must not lie before --from'],
  ],
])('names every option of %j that is wrong', (args, problems) => {
  const asked = () => parseReplayOptions(args);
  for (const problem of problems) expect(asked).toThrow(problem);
  let said = '';
  try {
    asked();
  } catch (error) {
    said = String(error);
  }
  expect(said.split('\n')).toHaveLength(problems.length);
});
