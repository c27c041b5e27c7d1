// A new version is copied into the models folder under load, serves, and is taken back: no request fails, nothing is lost.
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Graph } from '../../src/onnx/write-model.js';
import { ask, predictIris } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { irisVersions, type IrisVersions } from '../support/iris-versions.js';
import { recordedIds } from '../support/recorded-ids.js';
import { startSplitHouse, type SplitHouse } from '../support/split-house.js';
import { startSteadyLoad } from '../support/steady-load.js';
import { writeVersion } from '../support/tiny-model.js';
import { privateDataDir, QUICK, startVigie, type VigieProcess } from '../support/vigie-process.js';

const IRIS = 'iris-classifier';
// To be refused for a wait is no failure of the change: how long a busy machine makes a request wait is not asked here.
const LOOK_OFTEN = { RELOAD_MODELS_MS: '300', MAX_WAIT_MS: '8000' };
// Every prediction of this test stays in the window of one monitor.
const WIDE_WINDOW = { monitors: { 'error-rate': { window: { count: 10_000 } } } };
/** Of the classifier's shape, with an operator that no runtime has. */
const NOT_A_MODEL: Graph = {
  name: 'nonsense',
  inputs: [{ name: 'features', type: 'float32', shape: ['batch', 4] }],
  outputs: [{ name: 'probabilities', type: 'float32', shape: ['batch', 3] }],
  initializers: [],
  nodes: [{ op: 'Nonsense', inputs: ['features'], outputs: ['probabilities'] }],
};
const SLOW = { timeoutMs: 30_000 };

const stateOf = async (url: string) => {
  const query = `{ models { production { version } versions { version stage } } health { models { version loaded } } }`;
  const { models, health } = await ask<{
    models: { production: { version: number }; versions: { version: number; stage: string }[] }[];
    health: { models: { version: number; loaded: boolean }[] };
  }>(url, query);
  return { ...models[0], health: health.models[0] };
};
const watched = async (url: string) => {
  const query = `{ monitors(model: "${IRIS}") { monitor version window { n } } }`;
  const { monitors } = await ask<{
    monitors: { monitor: string; version: number; window: { n: number } }[];
  }>(url, query);
  return monitors.find(({ monitor }) => monitor === 'error-rate');
};
const said = ({ lines }: VigieProcess, text: string) =>
  lines.filter(({ msg }) => typeof msg === 'string' && msg.includes(text));

describe('with two workers behind an API', () => {
  let iris: IrisVersions;
  let house: SplitHouse;
  let front: VigieProcess;
  let second: VigieProcess;

  beforeAll(async () => {
    iris = await irisVersions(WIDE_WINDOW);
    house = await startSplitHouse(QUICK, { MODELS_DIR: iris.modelsDir, ...LOOK_OFTEN });
    ({ front } = house);
    second = await house.startWorker();
  }, 120_000);
  afterAll(async () => {
    await second.stop();
    await house.stop();
    await iris.remove();
  });

  it('changes over and back without a failed request, and records and watches every prediction', async () => {
    const load = startSteadyLoad(front.url, { clients: 4 });
    const answered = (version: number) => load.outcomes.filter((outcome) => outcome.version === version);
    await eventually(() => answered(1).length > 50);

    // What is not whole is refused by everyone, by name, and the old version goes on.
    await iris.copyInDamaged(2);
    const everyone = [front, house.worker, second];
    await eventually(() =>
      everyone.every((process) => said(process, `${iris.folder(2)}/model.onnx`).length > 0),
    );
    const untilRefused = load.outcomes.length;
    await eventually(() => load.outcomes.length > untilRefused + 50);
    expect(answered(2)).toEqual([]);
    const metrics = await (await fetch(`${front.url}/metrics`)).text();
    expect(metrics).toMatch(/vigie_model_folder_problems\{model="iris-classifier"\} [1-9]/);
    await rm(iris.folder(2), { recursive: true });
    await eventually(() => answered(1).length > 0);

    await iris.copyIn(2);
    await eventually(() => answered(2).length > 100, SLOW);
    expect(await stateOf(front.url)).toEqual({
      production: { version: 2 },
      versions: [
        { version: 1, stage: 'NONE' },
        { version: 2, stage: 'PRODUCTION' },
      ],
      health: { version: 2, loaded: true },
    });
    const { data } = await predictIris(front.url);
    expect(data?.predict).toMatchObject({ version: 2, label: 'versicolor' });
    const byName = await predictIris(front.url, undefined, { version: 1 });
    expect(byName.data?.predict).toMatchObject({ version: 1, label: 'setosa' });
    await load.stop();

    // One way: what was asked after the first answer of version 2 came from version 2.
    const [first] = answered(2);
    const changedAt = (first?.sentAt ?? 0) + (first?.tookMs ?? 0);
    expect(
      load.outcomes.filter(({ sentAt }) => sentAt > changedAt).every(({ version }) => version === 2),
    ).toBe(true);
    expect(load.outcomes.filter(({ code }) => code !== undefined)).toEqual([]);

    // The monitors follow, and have every prediction of version 2 from the first one on.
    const ofSecond = [...answered(2).map(({ id }) => id), data?.predict.id];
    expect(ofSecond.length).toBeLessThan(10_000);
    await eventually(async () => {
      const report = await watched(front.url);
      return report?.version === 2 && report.window.n === ofSecond.length;
    }, SLOW);
    expect(await (await fetch(`${front.url}/metrics`)).text()).not.toMatch(
      /^vigie_monitor_error_ratio\{.*version="1"/m,
    );
    const recordedOnce = async (version: number, ids: readonly (string | undefined)[]) => {
      const recorded = await eventually(async () => {
        const found = await recordedIds(front.url, IRIS, version);
        return found.length >= ids.length && found;
      }, SLOW);
      expect(recorded.toSorted()).toEqual(ids.toSorted());
    };
    const ofFirst = [...answered(1).map(({ id }) => id), byName.data?.predict.id];
    await recordedOnce(1, ofFirst);
    await recordedOnce(2, ofSecond);

    // Back by the same road.
    const back = startSteadyLoad(front.url, { clients: 4 });
    await eventually(() => back.outcomes.length > 20);
    await iris.setManifest({ production: 1 });
    await eventually(() => back.outcomes.filter(({ version }) => version === 1).length > 50, SLOW);
    await back.stop();
    expect(back.outcomes.filter(({ code }) => code !== undefined)).toEqual([]);
    const again = back.outcomes.filter(({ version }) => version === 1);
    await recordedOnce(1, [...ofFirst, ...again.map(({ id }) => id)]);
    await eventually(async () => {
      const report = await watched(front.url);
      return report?.version === 1 && report.window.n === again.length;
    }, SLOW);
    expect((await stateOf(front.url)).production).toEqual({ version: 1 });
    for (const process of everyone) expect(process.errorOutput()).toBe('');
  }, 120_000);
});

describe('one process with all roles', () => {
  let iris: IrisVersions;
  let vigie: VigieProcess;
  let data: Awaited<ReturnType<typeof privateDataDir>>;

  beforeAll(async () => {
    [iris, data] = await Promise.all([irisVersions(WIDE_WINDOW), privateDataDir()]);
    vigie = await startVigie({
      ...QUICK,
      ...LOOK_OFTEN,
      DATA_DIR: data.dir,
      MODELS_DIR: iris.modelsDir,
    });
  });
  afterAll(async () => {
    expect(await vigie.stop()).toBe(0);
    await Promise.all([data.remove(), iris.remove()]);
  });

  it('changes over without a failed request, and watches every prediction', async () => {
    const load = startSteadyLoad(vigie.url, { clients: 2 });
    await eventually(() => load.outcomes.length > 20);
    await iris.copyIn(2);
    const answered = () => load.outcomes.filter(({ version }) => version === 2);
    await eventually(() => answered().length > 50, SLOW);
    await load.stop();
    expect(load.outcomes.filter(({ code }) => code !== undefined)).toEqual([]);
    await eventually(async () => {
      const report = await watched(vigie.url);
      return report?.version === 2 && report.window.n === answered().length;
    }, SLOW);
  }, 60_000);

  it('goes on with what it has when a version fits on paper and cannot be loaded', async () => {
    const load = startSteadyLoad(vigie.url, { clients: 2 });
    await writeVersion(iris.folder(9), NOT_A_MODEL);
    await eventually(() => said(vigie, 'a version cannot be loaded').length > 1, SLOW);
    const tried = load.outcomes.length;
    await eventually(() => load.outcomes.length > tried + 20);
    await load.stop();
    expect(new Set(load.outcomes.map(({ code, version }) => code ?? version))).toEqual(new Set([2]));
    expect((await stateOf(vigie.url)).production).toEqual({ version: 2 });
    expect(vigie.errorOutput()).toBe('');
  }, 60_000);
});
