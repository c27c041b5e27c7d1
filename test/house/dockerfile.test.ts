// The rules a Dockerfile linter would hold the images to, and that the one with CUDA is the other one with CUDA.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

const instructions: Instruction[] = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '')
  .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
const all = (name: string) => instructions.filter((one) => one.name === name).map((one) => one.rest);

/** A stage from its FROM to the next. */
function stage(isIt: (from: Instruction) => boolean): Instruction[] {
  const start = instructions.findLastIndex((one) => one.name === 'FROM' && isIt(one));
  const end = instructions.findIndex(({ name }, i) => i > start && name === 'FROM');
  return instructions.slice(start, end === -1 ? undefined : end);
}
const plain = stage(() => true);
const gpu = stage(({ rest }) => rest.endsWith(' AS gpu'));
const images: [string, Instruction[]][] = [
  ['the image', plain],
  ['the image for a GPU', gpu],
];

describe('Dockerfile', () => {
  it('builds in stages of their own and runs in others, on pinned images with Node 24', () => {
    const bases = all('FROM');
    expect(bases.map((base) => base.split(' AS ')[1] ?? 'plain')).toEqual([
      'build',
      'build-gpu',
      'gpu',
      'plain',
    ]);
    const [build, buildGpu, gpuBase, plainBase] = bases;
    for (const base of [build, plainBase]) expect(base).toMatch(/^node:24\.\d+\.\d+-slim( AS build)?$/);
    expect(buildGpu).toBe('build AS build-gpu');
    // What onnxruntime-node's install script fetches by the name of cuda12 wants CUDA 12 and cuDNN 9.
    expect(gpuBase).toMatch(/^nvidia\/cuda:12\.\d+\.\d+-cudnn-runtime-ubuntu\d\d\.04 AS gpu$/);
  });

  it.each(images)('%s runs as a user that is not root, set after the last file is written', (_, image) => {
    const user = image.findIndex(({ name }) => name === 'USER');
    expect(image[user]?.rest).toBe('node');
    expect(image.slice(user).filter(({ name }) => ['RUN', 'COPY', 'ADD'].includes(name))).toEqual([]);
  });

  it.each(images)(
    '%s starts Node itself, so that signals reach it, and asks whether it lives',
    (_, image) => {
      expect(JSON.parse(image.find(({ name }) => name === 'CMD')?.rest ?? '')).toContain('dist/main.js');
      const health = image.find(({ name }) => name === 'HEALTHCHECK')?.rest ?? '';
      expect(JSON.parse(health.slice(health.indexOf('CMD') + 3))).toContain('node');
      expect(health).toContain('/health/live');
    },
  );

  it.each(images)('%s has the allocator give back what is freed', (_, image) => {
    const env = image.filter(({ name }) => name === 'ENV').map(({ rest }) => rest);
    expect(env).toContain('MALLOC_TRIM_THRESHOLD_=131072');
  });

  it('differs for a GPU in where it comes from, how Node and its user get there, and nothing else', () => {
    const rest = gpu.slice(1).filter(({ rest }) => !/useradd|\/usr\/local\/bin\/node/.test(rest));
    const renamed = rest.map(({ name, rest: words }) => ({
      name,
      rest: words.replace('=build-gpu', '=build'),
    }));
    expect(renamed).toEqual(plain.slice(1));
  });

  it('runs the install script of one package, for CUDA, and checks what it brought', () => {
    const script = all('RUN').filter((run) => run.includes('install.js'));
    expect(script).toHaveLength(1);
    expect(script[0]).toMatch(
      /^ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules\/onnxruntime-node\/script\//,
    );
    expect(script[0]).toContain('test -f libonnxruntime_providers_cuda.so');
    expect(existsSync(join(ROOT, 'node_modules/onnxruntime-node/script/install.js'))).toBe(true);
    const offered = readFileSync(
      join(ROOT, 'node_modules/onnxruntime-node/script/install-metadata.js'),
      'utf8',
    );
    expect(offered).toContain("'linux/x64': ['cuda12']");
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
