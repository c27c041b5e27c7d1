// What every store promises about predictions and feedback.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isDataError } from '../../src/store/database-errors.js';
import type { PredictionQuery, Store } from '../../src/store/store.js';
import { storeKinds, type PrivateStore } from '../support/private-store.js';
import { batchRows, idAt, sampleFeedback, samplePrediction } from '../support/store-samples.js';

describe.each(storeKinds())('predictions in $name', (kind) => {
  describe.skipIf(!kind.available)(kind.available ? 'installed' : 'skipped: not installed here', () => {
    let opened: PrivateStore;
    let store: Store;
    beforeAll(async () => {
      opened = await kind.start();
      store = opened.store;
    });
    afterAll(() => opened.stop());

    const listIds = async (query: PredictionQuery, first = 500) =>
      (await store.predictions.list(query, { first, after: undefined })).items.map(({ item }) => item.id);

    it('gives back what was recorded, to the last field', async () => {
      const completed = samplePrediction({ subject: 's', createdAt: 1_717_171_717_123 });
      const failed = samplePrediction({
        status: 'failed',
        label: null,
        confidence: null,
        probabilities: null,
        warnings: [],
        error: { code: 'INFERENCE_FAILED', message: 'no' },
        requestId: null,
        metadata: null,
      });
      const regression = samplePrediction({ label: null, probabilities: null, value: 0.1 + 0.2 });
      await store.predictions.record(batchRows([completed, failed, regression]));
      const found = await store.predictions.find([completed.id, failed.id, regression.id]);
      expect(found.get(completed.id)).toEqual({ ...completed, feedback: null });
      expect(found.get(failed.id)).toEqual({ ...failed, feedback: null });
      expect(found.get(regression.id)).toEqual({ ...regression, feedback: null });
    });

    it('records an id once, offered twice, also within one call', async () => {
      const model = randomUUID();
      const prediction = samplePrediction({ model });
      await store.predictions.record(batchRows([prediction, prediction]));
      await store.predictions.record(
        batchRows([{ ...prediction, createdAt: prediction.createdAt + 5 }, prediction]),
      );
      expect(await listIds({ model })).toEqual([prediction.id]);
    });

    it('records each id once when many writers offer the same rows in other orders', async () => {
      const model = randomUUID();
      const rows = Array.from({ length: 300 }, (_, i) =>
        samplePrediction({ model, createdAt: 1_700_000_000_000 + i }),
      );
      const writer = opened.another === undefined ? store : await opened.another();
      await Promise.all([
        store.predictions.record(batchRows(rows)),
        writer.predictions.record(batchRows(rows.toReversed())),
        store.predictions.record(batchRows(rows.slice(100))),
        writer.predictions.record(batchRows(rows.slice(0, 200).toReversed())),
      ]);
      expect(await listIds({ model })).toEqual(rows.map(({ id }) => id).reverse());
    });

    it('answers for the ids it knows and leaves out the others, whatever they look like', async () => {
      const known = samplePrediction();
      await store.predictions.record(batchRows([known]));
      const asked = [
        known.id.toUpperCase(),
        idAt(Date.now()),
        'not-an-id',
        '',
        randomUUID(),
        '\0',
        '__proto__',
      ];
      expect([...(await store.predictions.find(asked)).keys()]).toEqual([known.id.toUpperCase()]);
      expect((await store.predictions.find([])).size).toBe(0);
    });

    it('pages newest first, without loss or repetition while others write, also behind the reader', async () => {
      const model = randomUUID();
      const start = Date.UTC(2026, 0, 31, 23, 59, 59, 950);
      const rows = Array.from({ length: 103 }, (_, i) => samplePrediction({ model, createdAt: start + i }));
      await store.predictions.record(batchRows(rows));
      const seen: string[] = [];
      for (let after: string | undefined, more = true; more;) {
        const page = await store.predictions.list({ model }, { first: 10, after });
        seen.push(...page.items.map(({ item }) => item.id));
        after = page.items.at(-1)?.cursor;
        more = page.hasNextPage;
        // A newer one, as it comes all the time; and one from a clock that is behind, in a place already read.
        const newest = page.items[0]?.item.createdAt ?? start;
        await store.predictions.record(
          batchRows([
            samplePrediction({ model, createdAt: start + 10_000 }),
            samplePrediction({ model, createdAt: newest + 1 }),
          ]),
        );
      }
      expect(seen).toEqual(rows.map(({ id }) => id).reverse());
    });

    it('says whether a next page follows, at the edges too', async () => {
      const model = randomUUID();
      await store.predictions.record(batchRows([samplePrediction({ model }), samplePrediction({ model })]));
      const page = (first: number) => store.predictions.list({ model }, { first, after: undefined });
      expect((await page(1)).hasNextPage).toBe(true);
      expect((await page(2)).hasNextPage).toBe(false);
      expect((await page(3)).items).toHaveLength(2);
      expect(await store.predictions.list({ model: randomUUID() }, { first: 5, after: undefined })).toEqual({
        items: [],
        hasNextPage: false,
      });
    });

    it.each(['', 'x', 'bm90IGpzb24', Buffer.from('[1e300,"a"]').toString('base64url'), '\0\ud800', 'W10'])(
      'refuses the cursor %j as input',
      async (after) => {
        await expect(store.predictions.list({}, { first: 5, after })).rejects.toMatchObject({
          code: 'INVALID_INPUT',
          details: { issues: [{ path: 'after' }] },
        });
      },
    );

    it('filters by every field', async () => {
      const model = randomUUID();
      const at = 1_750_000_000_000;
      const long = 'x'.repeat(100_000);
      const a = samplePrediction({ model, createdAt: at, label: 'a', confidence: 0.2 });
      const b = samplePrediction({ model, createdAt: at + 1, label: 'b', confidence: 0.5, version: 2 });
      const c = samplePrediction({
        model,
        createdAt: at + 2,
        label: null,
        confidence: null,
        status: 'failed',
      });
      const d = samplePrediction({ model, createdAt: at + 3, label: long, confidence: 0.9 });
      await store.predictions.record(batchRows([a, b, c, d]));
      await store.predictions.recordFeedback([sampleFeedback(b, { label: 'a' })]);
      const cases: [PredictionQuery, { id: string }[]][] = [
        [{}, [d, c, b, a]],
        [{ version: 2 }, [b]],
        [{ label: 'a' }, [a]],
        [{ label: long }, [d]],
        [{ label: `${long}y` }, []],
        [{ label: "a' OR 1=1" }, []],
        [{ status: 'failed' }, [c]],
        [{ from: at + 1 }, [d, c, b]],
        [{ to: at + 1 }, [b, a]],
        [{ from: at + 1, to: at + 2 }, [c, b]],
        [{ from: 0, to: 9e15 }, [d, c, b, a]],
        [{ to: -1 }, []],
        [{ minConfidence: 0.5 }, [d, b]],
        [{ maxConfidence: 0.5 }, [b, a]],
        [{ hasFeedback: true }, [b]],
        [{ hasFeedback: false }, [d, c, a]],
        [
          { label: 'b', version: 2, status: 'completed', minConfidence: 0.1, from: at, hasFeedback: true },
          [b],
        ],
      ];
      for (const [query, expected] of cases) {
        expect(await listIds({ ...query, model }), JSON.stringify(query).slice(0, 80)).toEqual(
          expected.map(({ id }) => id),
        );
      }
    });

    it('filters by the time a prediction shows, not by that of its id', async () => {
      const model = randomUUID();
      const at = Date.UTC(2026, 2, 1);
      const prediction = samplePrediction({ model, createdAt: at + 3, id: idAt(at - 2) });
      await store.predictions.record(batchRows([prediction]));
      expect(await listIds({ model, from: at + 3, to: at + 3 })).toEqual([prediction.id]);
      expect(await listIds({ model, to: at + 2 })).toEqual([]);
    });

    it('keeps what was found in a picture, what the picture was like, and the boxes that are truly there', async () => {
      const box = { x: 1.25, y: 2, width: 30.5, height: 4 };
      const prediction = samplePrediction({
        label: null,
        probabilities: null,
        detections: [{ label: 'mature', confidence: 0.91, box, cut: true }],
        picture: {
          width: 800,
          height: 600,
          format: 'jpeg',
          sizeBytes: 1234,
          sha256: 'ab',
          tiles: 4,
          brightness: 0.4,
          contrast: 0.2,
          saturation: 0.3,
          sharpness: 120,
          geo: { transform: [0.1, 0, 500_000, 0, -0.1, 4_500_000], crs: 'EPSG:32631' },
        },
      });
      const truth = { detections: [{ label: 'young', box }] };
      await store.predictions.record(batchRows([prediction]));
      await store.predictions.recordFeedback([sampleFeedback(prediction, truth, { receivedAt: 5 })]);
      const found = await store.predictions.find([prediction.id]);
      const feedback = { label: null, value: null, ...truth, receivedAt: 5 };
      expect(found.get(prediction.id)).toEqual({ ...prediction, feedback });
    });

    it('shows the feedback that was received last, and keeps each id once', async () => {
      const model = randomUUID();
      const prediction = samplePrediction({ model });
      await store.predictions.record(batchRows([prediction]));
      const at = Date.now();
      const late = sampleFeedback(prediction, { label: 'late' }, { receivedAt: at + 10 });
      const early = sampleFeedback(prediction, { value: 2.5 }, { receivedAt: at });
      await store.predictions.recordFeedback([early, late, early]);
      await store.predictions.recordFeedback([early]);
      const feedback = { label: 'late', value: null, detections: null, receivedAt: at + 10 };
      expect((await store.predictions.find([prediction.id])).get(prediction.id)?.feedback).toEqual(feedback);
      const page = await store.predictions.list({ model }, { first: 5, after: undefined });
      expect(page.items.map(({ item }) => item.feedback)).toEqual([feedback]);
    });

    it('takes feedback that arrives before its prediction', async () => {
      const prediction = samplePrediction();
      await store.predictions.recordFeedback([
        sampleFeedback(prediction, { value: 1 }, { receivedAt: 1_000 }),
      ]);
      await store.predictions.record(batchRows([prediction]));
      expect((await store.predictions.find([prediction.id])).get(prediction.id)?.feedback?.value).toBe(1);
    });

    it('stores what Postgres cannot hold, NUL and lone surrogates, as the replacement character', async () => {
      const model = randomUUID();
      const odd = samplePrediction({
        model,
        label: 'a\0b',
        features: { 'k\0': 'v\ud800', pair: '😀', slash: '\\u0000', quote: '"\\' },
        metadata: { ['__proto__']: 1, deep: [{ '\udfff': '\0' }] },
        requestId: '\ud83d',
      });
      const plain = samplePrediction({ model });
      await store.predictions.record(batchRows([odd, plain]));
      const found = (await store.predictions.find([odd.id])).get(odd.id);
      expect(found?.features).toEqual({ 'k\ufffd': 'v\ufffd', pair: '😀', slash: '\\u0000', quote: '"\\' });
      expect(found?.metadata?.['deep']).toEqual([{ '\ufffd': '\ufffd' }]);
      expect(found?.requestId).toBe('\ufffd');
      expect(await listIds({ model, label: 'a\0b' })).toEqual([odd.id]);
      expect(await listIds({ model })).toHaveLength(2);
      await store.predictions.recordFeedback([sampleFeedback(odd, { label: '\0' })]);
    });

    it('refuses as bad data an id that carries no time and a number no column holds', async () => {
      const noTime = samplePrediction({ id: randomUUID() });
      const tooLarge = samplePrediction({ version: 2 ** 40 });
      for (const bad of [noTime, tooLarge]) {
        await expect(store.predictions.record(batchRows([bad]))).rejects.toSatisfy(isDataError);
      }
    });

    it('writes and counts 10,000 rows', async ({ annotate }) => {
      const model = randomUUID();
      const rows = Array.from({ length: 10_000 }, () => samplePrediction({ model }));
      const start = performance.now();
      await store.predictions.record(batchRows(rows));
      await annotate(
        `10,000 predictions written in ${Math.round(performance.now() - start)} ms by ${kind.name}`,
      );
      let count = 0;
      for (let after: string | undefined, more = true; more;) {
        const page = await store.predictions.list({ model }, { first: 2_000, after });
        count += page.items.length;
        after = page.items.at(-1)?.cursor;
        more = page.hasNextPage;
      }
      expect(count).toBe(10_000);
    });
  });
});
