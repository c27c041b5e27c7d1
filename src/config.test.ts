// The settings: what an empty environment means, what is refused, and that the example file tells the truth.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig, settingNames } from './config.js';

const exampleText = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
const example: Record<string, string> = Object.fromEntries(
  [...exampleText.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
);

describe('loadConfig', () => {
  it('starts on an empty environment with everything in one process and nothing outside', () => {
    const config = loadConfig({});
    expect(config.roles).toEqual(['api', 'worker', 'monitor']);
    expect(config.redis.url).toBeUndefined();
    expect(config.http.port).toBe(4000);
  });

  it('reports every problem at once, by the name of the variable', () => {
    const wrong = { PORT: 'x', ROLES: 'api,boss', REDIS_URL: 'http://a' };
    for (const name of Object.keys(wrong))
      expect(() => loadConfig(wrong)).toThrow(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('takes e-mail as a whole or not at all, and says what is missing beside what is wrong', () => {
    const email = {
      SMTP_URL: 'smtp://u:p@h',
      ALERT_EMAIL_FROM: 'Vigie <v@h.org>',
      ALERT_EMAIL_TO: 'a@h.org, b@h.org',
    };
    expect(loadConfig(email).alerts.email).toEqual({
      url: 'smtp://u:p@h',
      from: 'Vigie <v@h.org>',
      to: ['a@h.org', 'b@h.org'],
    });
    expect(loadConfig({}).alerts.email).toBeUndefined();
    const wrong = { PORT: 'x', SMTP_URL: 'http://s3cret@h', ALERT_EMAIL_FROM: 'nobody' };
    for (const name of ['PORT', 'SMTP_URL', 'ALERT_EMAIL_FROM', 'ALERT_EMAIL_TO'])
      expect(() => loadConfig(wrong)).toThrow(new RegExp(`^  ${name}: `, 'm'));
    expect(() => loadConfig(wrong)).not.toThrow('s3cret');
    expect(() => loadConfig({ ...email, ALERT_EMAIL_TO: 'a@h.org, b' })).toThrow('ALERT_EMAIL_TO.1: ');
  });

  it('reads how Vigie watches itself, and says what is wrong with it without quoting it', () => {
    expect(loadConfig({}).systemWatch).toEqual({ monitors: {}, alerts: {} });
    const given = { monitors: { resources: { queueLimit: 7 } } };
    expect(loadConfig({ SYSTEM_WATCH: JSON.stringify(given) }).systemWatch).toEqual({ ...given, alerts: {} });
    expect(() => loadConfig({ SYSTEM_WATCH: '{oh' })).toThrow(/^ {2}SYSTEM_WATCH: is not JSON$/m);
    expect(() => loadConfig({ SYSTEM_WATCH: '{"monitors":7}' })).toThrow('SYSTEM_WATCH.monitors: ');
    expect(() => loadConfig({ SYSTEM_WATCH: '{"monitor":{}}' })).toThrow('SYSTEM_WATCH');
  });

  it('answers an object nobody can change', () => {
    const config = loadConfig({});
    expect(Object.isFrozen(config.http)).toBe(true);
    expect(Object.isFrozen(config.roles)).toBe(true);
  });

  it('knows exactly the settings that .env.example names', () => {
    expect(Object.keys(example).sort()).toEqual([...settingNames].sort());
  });

  it('has the defaults that .env.example states', () => {
    expect(loadConfig(example)).toEqual(loadConfig({}));
  });
});
