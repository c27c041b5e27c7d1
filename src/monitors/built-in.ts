// The monitors Vigie brings along, listed by hand.
import type { MonitorDefinition } from './monitor.js';
import { classDistributionMonitor } from './class-distribution/class-distribution.monitor.js';
import { conceptDriftMonitor } from './concept-drift/concept-drift.monitor.js';
import { confidenceMonitor } from './confidence/confidence.monitor.js';
import { dataDriftMonitor } from './data-drift/data-drift.monitor.js';
import { dataQualityMonitor } from './data-quality/data-quality.monitor.js';
import { detectionsMonitor } from './detections/detections.monitor.js';
import { errorRateMonitor } from './error-rate/error-rate.monitor.js';
import { estimatedPerformanceMonitor } from './estimated-performance/estimated-performance.monitor.js';
import { imageQualityMonitor } from './image-quality/image-quality.monitor.js';
import { latencyMonitor } from './latency/latency.monitor.js';
import { predictionDriftMonitor } from './prediction-drift/prediction-drift.monitor.js';
import { performanceMonitor } from './performance/performance.monitor.js';
import { outlierMonitor } from './outlier/outlier.monitor.js';
import { resourcesMonitor } from './resources/resources.monitor.js';
import { throughputMonitor } from './throughput/throughput.monitor.js';

/** In the order in which reports and documents name them; a plugin may take none of their names. */
export const builtInMonitors: readonly MonitorDefinition[] = [
  latencyMonitor,
  throughputMonitor,
  errorRateMonitor,
  confidenceMonitor,
  classDistributionMonitor,
  detectionsMonitor,
  imageQualityMonitor,
  dataDriftMonitor,
  predictionDriftMonitor,
  dataQualityMonitor,
  performanceMonitor,
  estimatedPerformanceMonitor,
  conceptDriftMonitor,
  outlierMonitor,
  resourcesMonitor,
];
