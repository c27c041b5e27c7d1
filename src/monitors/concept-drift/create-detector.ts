// The drift detectors one can choose, as sure as it takes when many of them watch beside each other.
import { correctedQuantile } from '../statistics/special/normal.js';
import { ADWIN_DELTA, createAdwin } from '../statistics/streaming/adwin.js';
import { createDdm, DDM_DEVIATIONS } from '../statistics/streaming/ddm.js';
import type { DriftDetector } from '../statistics/streaming/drift-detector.js';
import { createHddmA, HDDM_LEVELS } from '../statistics/streaming/hddm-a.js';
import { createKswin, KSWIN_ALPHA } from '../statistics/streaming/kswin.js';
import { createPageHinkley } from '../statistics/streaming/page-hinkley.js';

export const DETECTORS = ['adwin', 'page-hinkley', 'ddm', 'hddm-a', 'kswin'] as const;

/** A fresh detector, its levels divided by `comparisons`; Page-Hinkley has no level, but a bound that stays as it is. */
export function createDetector(name: (typeof DETECTORS)[number], comparisons = 1): DriftDetector {
  switch (name) {
    case 'adwin':
      return createAdwin({ delta: ADWIN_DELTA / comparisons });
    case 'page-hinkley':
      return createPageHinkley();
    case 'ddm':
      return createDdm({
        warning: correctedQuantile(DDM_DEVIATIONS.warning, comparisons),
        drift: correctedQuantile(DDM_DEVIATIONS.drift, comparisons),
      });
    case 'hddm-a':
      return createHddmA({
        drift: HDDM_LEVELS.drift / comparisons,
        warning: HDDM_LEVELS.warning / comparisons,
      });
    case 'kswin':
      return createKswin({ alpha: KSWIN_ALPHA / comparisons });
  }
}
