// The figures of version.json: how well the detector found what is in the scenes it was judged on.
import { detectionMetrics } from '../../src/monitors/statistics/detection/detection-metrics.js';
import { createRandom } from '../../src/training/random.js';
import { roundTo } from '../../src/training/rounding.js';
import type { JudgedSample } from './judge-samples.js';
import { STAGES } from './orchard/scene.js';

/**
 * At IoU 0.5: `map50` with the 95 % interval of a bootstrap over scenes and `ap50_<stage>`, of boxes of any confidence, and
 * `map50_served`, `precision_<stage>`, `recall_<stage>` and `f1_<stage>` of boxes as they are served. `rows` and `scenes` are both the
 * number of scenes.
 */
export function measureSamples(samples: readonly JudgedSample[]): Record<string, number> {
  const measure = (of: 'served' | 'unbounded') => {
    const generator = createRandom(1);
    const pictures = samples.map((sample) => sample[of]);
    return detectionMetrics(pictures, STAGES, { random: () => generator.uniform() });
  };
  const [all, rates] = [measure('unbounded'), measure('served')];
  const metrics: Record<string, number> = {
    rows: samples.length,
    scenes: samples.length,
    boxes: samples.reduce((sum, { served }) => sum + served.truths.length, 0),
    map50: round(all.meanAveragePrecision?.value),
    map50_lower: round(all.meanAveragePrecision?.lower),
    map50_upper: round(all.meanAveragePrecision?.upper),
    map50_served: round(rates.meanAveragePrecision?.value),
  };
  for (const stage of STAGES) {
    const rate = rates.classes.get(stage);
    metrics[`ap50_${stage}`] = round(all.classes.get(stage)?.averagePrecision);
    metrics[`precision_${stage}`] = round(rate?.precision?.value);
    metrics[`recall_${stage}`] = round(rate?.recall?.value);
    metrics[`f1_${stage}`] = round(rate?.f1?.value);
  }
  return metrics;
}

function round(value = 0): number {
  return roundTo(value, 4);
}
