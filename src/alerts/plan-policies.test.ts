// Which patience a manifest asks for, monitor by monitor, and how it learns of every mistake at once.
import { describe, expect, it } from 'vitest';
import { modelManifestSchema } from '../manifest/model-manifest.js';
import { planPolicies } from './plan-policies.js';
import { alertPolicySchema } from './policy.js';

const defaults = alertPolicySchema.parse({ forMs: 7000, repeatMs: 60_000 });
const monitorNames = ['latency', 'confidence'];
const manifestOf = (model: string, alerts?: Readonly<Record<string, unknown>>) =>
  modelManifestSchema.parse({
    name: model,
    title: 'Valve',
    task: 'regression',
    features: [{ name: 'load', type: 'number' }],
    inputs: [{ tensor: 'input', features: ['load'] }],
    outputs: { value: 'value' },
    ...(alerts === undefined ? {} : { alerts }),
  });
const plan = (...manifests: ReturnType<typeof manifestOf>[]) =>
  planPolicies({ manifests, monitorNames, defaults });

describe('the policies of alerts', () => {
  it("are the defaults, with the manifest's settings over them, for that model and monitor alone", () => {
    const all = {
      ...{ forMs: 0, keepFiringForMs: 1, hysteresis: 0.5, settleMs: 2, repeatMs: 3, cooldownMs: 4 },
      ...{ noData: 'alert', insufficientData: 'ok', flapCount: 5, flapWindowMs: 6, flapHoldMs: 7 },
    };
    const policyOf = plan(
      manifestOf('valve', { latency: { forMs: 0, noData: 'alert' }, confidence: all }),
      manifestOf('pump'),
    );
    expect(policyOf('valve', 'latency')).toEqual({ ...defaults, forMs: 0, noData: 'alert' });
    expect(policyOf('valve', 'confidence')).toEqual(all);
    expect(policyOf('pump', 'latency')).toEqual(defaults);
  });

  it('are the defaults for a monitor that is not there any more, whose alert may still be open', () => {
    expect(plan(manifestOf('valve'))('valve', 'gone')).toEqual(defaults);
    expect(plan(manifestOf('valve'))('gone', 'latency')).toEqual(defaults);
  });

  it('are refused with every problem of every model at once, by model, monitor and setting', () => {
    const attempt = () =>
      plan(
        manifestOf('valve', { tarot: {}, latency: { forMs: -1, noData: 'panic' } }),
        manifestOf('pump', { confidence: { patience: 5, hysteresis: 2 } }),
      );
    expect(attempt).toThrow(/^The alerts cannot start:/);
    for (const problem of [
      'model "valve", alerts: there is no monitor "tarot" (known: latency, confidence)',
      'model "valve", alerts of monitor "latency", setting "forMs": ',
      'model "valve", alerts of monitor "latency", setting "noData": ',
      'model "pump", alerts of monitor "confidence", setting "hysteresis": ',
      'model "pump", alerts of monitor "confidence", settings: Unrecognized key: "patience"',
    ])
      expect(attempt).toThrow(problem);
  });
});
