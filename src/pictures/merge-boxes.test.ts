// Merging against a reference that compares every pair, its laws, and its time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../training/random.js';
import { mergeBoxes, type MergeRule, type MergedBoxes, type TileBoxes } from './merge-boxes.js';

interface OneBox {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly score: number;
  readonly label: number;
  readonly tile: number;
  readonly touches: number;
}

const RULE: MergeRule = { merge: 'nmm', iou: 0.5, mergePerClass: true, maxDetections: 30_000 };

const arraysOf = (boxes: readonly OneBox[]): TileBoxes => ({
  count: boxes.length,
  x1: Float32Array.from(boxes, (b) => b.x1),
  y1: Float32Array.from(boxes, (b) => b.y1),
  x2: Float32Array.from(boxes, (b) => b.x2),
  y2: Float32Array.from(boxes, (b) => b.y2),
  score: Float32Array.from(boxes, (b) => b.score),
  label: Uint16Array.from(boxes, (b) => b.label),
  tile: Int32Array.from(boxes, (b) => b.tile),
  touches: Uint8Array.from(boxes, (b) => b.touches),
});

const listOf = (boxes: MergedBoxes) =>
  Array.from({ length: boxes.count }, (_, i) => ({
    x1: boxes.x1[i] ?? NaN,
    y1: boxes.y1[i] ?? NaN,
    x2: boxes.x2[i] ?? NaN,
    y2: boxes.y2[i] ?? NaN,
    score: boxes.score[i] ?? NaN,
    label: boxes.label[i] ?? NaN,
    cut: boxes.cut[i] ?? NaN,
  }));

type Sides = Pick<OneBox, 'x1' | 'y1' | 'x2' | 'y2'>;

const areaOf = (a: Sides) => (a.x2 - a.x1) * (a.y2 - a.y1);
const sharedBy = (a: Sides, b: Sides) =>
  Math.max(0, Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1)) *
  Math.max(0, Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1));
const overUnion = (a: Sides, b: Sides) => sharedBy(a, b) / (areaOf(a) + areaOf(b) - sharedBy(a, b));
const overSmaller = (a: Sides, b: Sides) => sharedBy(a, b) / Math.min(areaOf(a), areaOf(b));

/** Every pair, in the words of the definition; scores are distinct. */
function reference(boxes: readonly OneBox[], rule: MergeRule) {
  const sorted = [...boxes].sort((a, b) => b.score - a.score);
  const alike = (a: OneBox, b: OneBox) => !rule.mergePerClass || a.label === b.label;
  const suppress = (test: (a: OneBox, b: OneBox) => boolean) => {
    const left: OneBox[] = [];
    for (const box of sorted)
      if (!left.some((better) => alike(box, better) && test(box, better))) left.push(box);
    return left;
  };
  const single = (box: OneBox) => ({ box, parts: [box] });
  const joined = (): { box: OneBox; parts: OneBox[] }[] => {
    const results: { box: OneBox; parts: OneBox[] }[] = [];
    for (const box of suppress((a, b) => a.tile === b.tile && overUnion(a, b) > rule.iou)) {
      const better = results.find((one) => alike(box, one.box) && overSmaller(box, one.box) > rule.iou);
      if (better === undefined) results.push(single(box));
      else better.parts.push(box);
    }
    return results;
  };
  const results = {
    none: () => sorted.map(single),
    nms: () => suppress((a, b) => overUnion(a, b) > rule.iou).map(single),
    nmm: joined,
  }[rule.merge]();
  return results.slice(0, rule.maxDetections).map(({ box, parts }) => {
    const union = {
      x1: Math.min(...parts.map((p) => p.x1)),
      y1: Math.min(...parts.map((p) => p.y1)),
      x2: Math.max(...parts.map((p) => p.x2)),
      y2: Math.max(...parts.map((p) => p.y2)),
    };
    const whole = parts.some((p) => p.touches === 0 && areaOf(p) > areaOf(union) / 2);
    return { ...union, score: Math.fround(box.score), label: box.label, cut: whole ? 0 : 1 };
  });
}

const merges = fc.constantFrom('nmm' as const, 'nms' as const, 'none' as const);
const rules = fc.record({
  merge: merges,
  iou: fc.constantFrom(0, 0.2, 0.5, 0.7, 1),
  mergePerClass: fc.boolean(),
  maxDetections: fc.constantFrom(3, 30_000),
});
// Whole pixels of a small picture: many overlaps, many equal sides, and the same sums in single precision.
const box = fc
  .record({
    x: fc.integer({ min: 0, max: 200 }),
    y: fc.integer({ min: 0, max: 200 }),
    width: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 200 })),
    height: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 200 })),
    label: fc.integer({ min: 0, max: 2 }),
    tile: fc.integer({ min: 0, max: 3 }),
    touches: fc.constantFrom(0, 1),
  })
  .map(({ x, y, width, height, ...rest }) => ({ ...rest, x1: x, y1: y, x2: x + width, y2: y + height }));
const boxLists = fc
  .array(box, { maxLength: 60 })
  .chain((boxes) =>
    fc.tuple(
      fc.constant(boxes),
      fc.shuffledSubarray(
        boxes.map((_, i) => i),
        { minLength: boxes.length },
      ),
    ),
  )
  .map(([boxes, ranks]) => boxes.map((one, i): OneBox => ({ ...one, score: (1 + (ranks[i] ?? 0)) / 64 })));

const shuffled = (boxes: readonly OneBox[], seed: number) => createRandom(seed).shuffle(boxes);
const covers = (a: Sides, b: Sides) => a.x1 <= b.x1 && a.y1 <= b.y1 && a.x2 >= b.x2 && a.y2 >= b.y2;

describe('every merge', () => {
  it('gives what comparing every pair gives, whatever the order of the boxes', () => {
    fc.assert(
      fc.property(boxLists, rules, fc.nat(), (boxes, rule, seed) => {
        const expected = reference(boxes, rule);
        expect(listOf(mergeBoxes(arraysOf(boxes), rule))).toEqual(expected);
        expect(listOf(mergeBoxes(arraysOf(shuffled(boxes, seed)), rule))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same for boxes of equal scores in any order', () => {
    fc.assert(
      fc.property(boxLists, rules, fc.nat(), (boxes, rule, seed) => {
        const equal = boxes.map((one) => ({ ...one, score: 0.5, touches: 0 }));
        expect(listOf(mergeBoxes(arraysOf(shuffled(equal, seed)), rule))).toEqual(
          listOf(mergeBoxes(arraysOf(equal), rule)),
        );
      }),
    );
  });

  it('invents no score, and gives them in falling order', () => {
    fc.assert(
      fc.property(boxLists, rules, (boxes, rule) => {
        const scores = listOf(mergeBoxes(arraysOf(boxes), rule)).map(({ score }) => score);
        const given = new Set(boxes.map(({ score }) => score));
        expect(scores.every((score) => given.has(score))).toBe(true);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      }),
    );
  });
});

describe('nms', () => {
  it('leaves no two boxes of a class that overlap more, and changes nothing when done again', () => {
    const rule: MergeRule = { ...RULE, merge: 'nms' };
    fc.assert(
      fc.property(boxLists, (boxes) => {
        const once = listOf(mergeBoxes(arraysOf(boxes), rule));
        for (const [i, a] of once.entries())
          for (const b of once.slice(i + 1))
            if (a.label === b.label) expect(overUnion(a, b)).toBeLessThanOrEqual(0.5);
        const again = once.map(({ cut, ...one }) => ({ ...one, tile: 0, touches: cut }));
        expect(listOf(mergeBoxes(arraysOf(again), rule))).toEqual(once);
      }),
    );
  });
});

describe('nmm', () => {
  it('covers every box that a tile gave by one of its class', () => {
    fc.assert(
      fc.property(boxLists, (boxes) => {
        const ofManyTiles = boxes.map((one, tile) => ({ ...one, tile }));
        const merged = listOf(mergeBoxes(arraysOf(ofManyTiles), RULE));
        for (const one of boxes)
          expect(merged.some((m) => m.label === one.label && covers(m, one))).toBe(true);
      }),
    );
  });

  const crown = { y1: 0, y2: 100, label: 0, touches: 1 };

  it('joins what two tiles saw parts of, and says that no tile showed it whole', () => {
    const parts = [
      { ...crown, x1: 0, x2: 150, score: 0.9, tile: 0 },
      { ...crown, x1: 50, x2: 200, score: 0.8, tile: 1 },
    ];
    expect(listOf(mergeBoxes(arraysOf(parts), RULE))).toEqual([
      { x1: 0, x2: 200, y1: 0, y2: 100, score: Math.fround(0.9), label: 0, cut: 1 },
    ]);
  });

  it('does not call cut what one tile showed whole, even if another tile was surer of a part', () => {
    const parts = [
      { ...crown, x1: 0, x2: 80, score: 0.9, tile: 0 },
      { ...crown, x1: 0, x2: 100, score: 0.8, tile: 1, touches: 0 },
    ];
    expect(listOf(mergeBoxes(arraysOf(parts), RULE))).toMatchObject([{ x1: 0, x2: 100, cut: 0 }]);
  });

  it('does not grow by the lesser boxes of the same thing in the same tile', () => {
    const boxes = [0, 2, -2, 3].map((shift, i) => ({
      ...crown,
      x1: 10 + shift,
      x2: 110 + shift,
      score: 0.9 - i / 10,
      tile: 0,
    }));
    expect(listOf(mergeBoxes(arraysOf(boxes), RULE))).toMatchObject([{ x1: 10, x2: 110 }]);
  });

  it('makes no chain of a row of neighbours', () => {
    // Each shares 60 of its 100 pixels with the next one, and is surer than that.
    const row = Array.from({ length: 50 }, (_, i) => ({
      ...crown,
      x1: 40 * i,
      x2: 40 * i + 100,
      score: 1 - i / 100,
      tile: i,
    }));
    const widths = listOf(mergeBoxes(arraysOf(row), RULE)).map(({ x1, x2 }) => x2 - x1);
    expect(widths).toHaveLength(25);
    expect(Math.max(...widths)).toBe(140);
  });
});
