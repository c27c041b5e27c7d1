import { describe, expect, it } from 'vitest';
import { parseSimulateOptions } from './simulate-options.js';

describe('parseSimulateOptions', () => {
  it('has a default for everything but the model', () => {
    expect(parseSimulateOptions(['--model', 'iris-classifier'])).toEqual({
      model: 'iris-classifier',
      rate: 50,
      seconds: 60,
      drift: [],
      feedback: 0,
      url: 'http://127.0.0.1:4000',
      seed: 1,
    });
  });

  it('reads every option', () => {
    const args =
      '--model m --rate 5 --seconds 2 --drift t+8@1 --feedback 0.5 --url http://x:1/ --seed 7'.split(' ');
    expect(parseSimulateOptions(args)).toEqual({
      model: 'm',
      rate: 5,
      seconds: 2,
      drift: [{ feature: 't', operation: '+', operand: 8, atSeconds: 1 }],
      feedback: 0.5,
      url: 'http://x:1',
      seed: 7,
    });
  });

  it.each([
    ['', '--model'],
    ['--model m --rate fast', '--rate'],
    ['--model m --rate 0', '--rate'],
    ['--model m --seconds -1', '--seconds'],
    ['--model m --feedback 2', '--feedback'],
    ['--model m --drift nonsense', '--drift'],
    ['--model m --url nowhere', '--url'],
    ['--model m --seed 1.5', '--seed'],
    ['--model ../m', '--model'],
    ['--model m --speed 3', '--speed'],
  ])('names the option in %j', (line, option) => {
    expect(() => parseSimulateOptions(line.split(' ').filter(Boolean))).toThrow(option);
  });
});
