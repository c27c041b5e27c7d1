// Prints what pictures take, and whether that keeps to what is promised of them.
import type { PicturesResult } from '../scenarios/pictures.js';
import type { Findings, Target } from './report.js';
import { figure } from './table.js';
import { mebibytes } from './units.js';

export function formatPictures(results: readonly PicturesResult[]): string {
  return results
    .map(({ subject, large, many, merge }) =>
      [
        `pictures, ${subject}`,
        `8000 x 6000 JPEG, ${large.tiles} tiles, ${large.detections} trees: ${figure(large.wholeMs)} ms; its decoder alone ${figure(large.decodeMs)} ms, its network alone ${figure(large.runMs)} ms: ${figure(large.ratio)} times both`,
        `${figure(large.tilesPerSecond)} tiles/s; memory ${mebibytes(large.memoryBytes)} over that at rest`,
        `${many.pictures} of 1024 x 1024 at once: ${many.failed} failed, p50 ${figure(many.p50)} ms, p99 ${figure(many.p99)} ms, ${figure(many.tilesPerSecond)} tiles/s, ${figure(many.tilesPerBatch)} tiles a batch`,
        `${figure(merge.boxes)} boxes merged to ${figure(merge.merged)}: ${figure(merge.firstMs)} ms the first time, then ${figure(merge.medianMs)} ms`,
      ].join('\n'),
    )
    .join('\n\n');
}

export function pictureTargets({ pictures }: Findings): Target[] {
  return pictures.flatMap(({ subject, large, many, merge }) =>
    [
      { target: '8000 x 6000: <= 1.25 times decoder and network', value: large.ratio, unit: '', most: 1.25 },
      { target: '8000 x 6000: <= 500 MB over idle', value: large.memoryBytes / 1e6, unit: ' MB', most: 500 },
      { target: `${many.pictures} pictures at once: none fails`, value: many.failed, unit: '', most: 0 },
      { target: '30,000 boxes merged in <= 200 ms', value: merge.medianMs, unit: ' ms', most: 200 },
    ].map((target) => ({ ...target, subject })),
  );
}
