// The rules a Dockerfile linter would hold the image to.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const instructions = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '')
  .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
const all = (name: string) => instructions.filter((one) => one.name === name).map((one) => one.rest);
const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));

describe('Dockerfile', () => {
  it('builds in one stage and runs in another, both on a pinned slim Node 24', () => {
    const bases = all('FROM');
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(/^node:24\.\d+\.\d+-slim( AS \w+)?$/);
  });

  it('runs as a user that is not root, set after the last file is written', () => {
    const user = lastStage.findIndex(({ name }) => name === 'USER');
    expect(lastStage[user]?.rest).toBe('node');
    expect(lastStage.slice(user).filter(({ name }) => ['RUN', 'COPY', 'ADD'].includes(name))).toEqual([]);
  });

  it('starts Node itself, so that signals reach it, and asks it whether it lives', () => {
    expect(JSON.parse(lastStage.find(({ name }) => name === 'CMD')?.rest ?? '')).toContain('dist/main.js');
    const health = lastStage.find(({ name }) => name === 'HEALTHCHECK')?.rest ?? '';
    expect(JSON.parse(health.slice(health.indexOf('CMD') + 3))).toContain('node');
    expect(health).toContain('/health/live');
  });

  it('installs from the lock file and leaves development behind', () => {
    const runs = all('RUN').join('\n');
    expect(runs).toContain('npm ci');
    expect(runs).toContain('npm prune --omit=dev');
    expect(runs).not.toMatch(/npm (install|i)\b|sudo|curl|wget|:latest/);
  });

  it('copies only what exists and is let through by .dockerignore', () => {
    const ignore = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    const sources = all('COPY')
      .filter((rest) => !rest.startsWith('--from'))
      .flatMap((rest) => rest.split(' ').slice(0, -1));
    for (const source of sources) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
      expect(ignore).toContain(`!${source}`);
    }
  });

  it('holds no secret', () => {
    expect([...all('ENV'), ...all('ARG')].join(' ')).not.toMatch(/secret|password|token|key/i);
  });
});
