// The whole street on embedded Redis and Postgres: predict, record, watch, alert, acknowledge, resolve, all through the public API.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  CLEAR_AIR,
  CLEAR_IRIS,
  predictIris,
  send,
  subscribe,
  UNSURE_IRIS,
} from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { privateDataDir, QUICK, startVigie, type VigieProcess } from '../support/vigie-process.js';

let vigie: VigieProcess;
let data: Awaited<ReturnType<typeof privateDataDir>>;

beforeAll(async () => {
  data = await privateDataDir();
  vigie = await startVigie({ ...QUICK, DATA_DIR: data.dir });
});

afterAll(async () => {
  expect(await vigie.stop()).toBe(0);
  await data.remove();
});

const predictMany = async (features: object, count: number) => {
  const instances = Array.from({ length: count }, () => features);
  const query = `mutation($input: PredictBatchInput!) { predictBatch(input: $input) { predictions { id label confidence } errors { index code } } }`;
  const { predictBatch } = await ask<{
    predictBatch: { predictions: { id: string; confidence: number }[]; errors: unknown[] };
  }>(vigie.url, query, { input: { model: 'iris-classifier', instances } });
  expect(predictBatch.errors).toEqual([]);
  return predictBatch.predictions;
};

describe('a newcomer', () => {
  it('gets a prediction with probabilities that sum to one', async () => {
    const { data: answer } = await predictIris(vigie.url);
    expect(answer?.predict).toMatchObject({ label: 'setosa', status: 'COMPLETED', version: 1, warnings: [] });
    const sum = answer?.predict.probabilities.reduce((total, { probability }) => total + probability, 0);
    expect(sum).toBeCloseTo(1, 6);
  });

  it('finds the prediction by id at once and in the record soon after', async () => {
    const { data: answer } = await predictIris(vigie.url);
    const id = answer?.predict.id;
    const byId = await ask<{ prediction: { id: string } }>(
      vigie.url,
      'query($id: ID!) { prediction(id: $id) { id } }',
      { id },
    );
    expect(byId.prediction.id).toBe(id);
    await eventually(async () => {
      const query = '{ predictions(first: 5) { edges { node { id features } } } }';
      const { predictions } = await ask<{
        predictions: { edges: { node: { id: string; features: object } }[] };
      }>(vigie.url, query);
      return predictions.edges.some(
        ({ node }) => node.id === id && JSON.stringify(node.features).includes('5.1'),
      );
    });
  });

  it('sees every prediction live', async () => {
    const live = await subscribe<{ predictionCompleted: { id: string } }>(
      vigie.url,
      'subscription { predictionCompleted(model: "iris-classifier") { id label } }',
    );
    const id = await eventually(async () => {
      const { data: answer } = await predictIris(vigie.url);
      return live.items.length > 0 ? answer?.predict.id : undefined;
    });
    await eventually(() => live.items.some(({ predictionCompleted }) => predictionCompleted.id === id));
    await live.close();
  });

  it('is told about every field that is wrong', async () => {
    const { errors } = await predictIris(vigie.url, { sepal_length: '5', petal_lenght: 1, sepal_width: 3.5 });
    expect(errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
    expect(JSON.stringify(errors?.[0]?.extensions)).toMatch(
      /sepal_length.*petal_lenght|petal_lenght.*sepal_length/,
    );
  });

  it('is warned, not refused, when a value is out of range', async () => {
    const { data: answer } = await predictIris(vigie.url, { ...CLEAR_IRIS, petal_width: 11 });
    expect(answer?.predict).toMatchObject({ warnings: [{ code: 'OUT_OF_RANGE', feature: 'petal_width' }] });
  });
});

describe('a retry with the same requestId', () => {
  it('is the same prediction, also when both come at once, and a conflict with another body', async () => {
    const requestId = `order-${Date.now()}`;
    const answers = await Promise.all([1, 2, 3].map(() => predictIris(vigie.url, CLEAR_IRIS, { requestId })));
    expect(new Set(answers.map((answer) => answer.data?.predict.id)).size).toBe(1);
    const conflict = await predictIris(vigie.url, UNSURE_IRIS, { requestId });
    expect(conflict.errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_CONFLICT');
  });
});

describe('a submitted prediction', () => {
  it('answers a ticket at once and is completed under its id', async () => {
    const submit = 'mutation($input: PredictInput!) { submitPrediction(input: $input) { id status } }';
    const { submitPrediction } = await ask<{ submitPrediction: { id: string; status: string } }>(
      vigie.url,
      submit,
      {
        input: { model: 'air-quality-ventilation', features: CLEAR_AIR },
      },
    );
    expect(submitPrediction.status).toBe('QUEUED');
    await eventually(async () => {
      const query = 'query($id: ID!) { prediction(id: $id) { status label } }';
      const { prediction } = await ask<{ prediction: { status: string } | null }>(vigie.url, query, {
        id: submitPrediction.id,
      });
      return prediction?.status === 'COMPLETED';
    });
  });
});

describe('feedback', () => {
  it('is accepted right after the prediction, refused per item, and shown with the prediction', async () => {
    const { data: answer } = await predictIris(vigie.url);
    const id = answer?.predict.id;
    const query = `mutation($input: [FeedbackInput!]!) { submitFeedback(input: $input) { accepted errors { index code } } }`;
    const { submitFeedback } = await ask<{ submitFeedback: object }>(vigie.url, query, {
      input: [
        { predictionId: id, label: 'setosa' },
        { predictionId: id?.replace(/.$/, (c) => (c === '0' ? '1' : '0')), label: 'setosa' },
      ],
    });
    expect(submitFeedback).toEqual({ accepted: 1, errors: [{ index: 1, code: 'PREDICTION_NOT_FOUND' }] });
    await eventually(async () => {
      const byId = 'query($id: ID!) { prediction(id: $id) { feedback { label } } }';
      const { prediction } = await ask<{ prediction: { feedback: { label: string } | null } }>(
        vigie.url,
        byId,
        { id },
      );
      return prediction.feedback?.label === 'setosa';
    });
  });
});

describe('from prediction to resolved alert', () => {
  it('warns live when the model becomes unsure, is acknowledged, and resolves when it is sure again', async () => {
    const live = await subscribe<{
      alertChanged: { id: string; state: string; monitor: string; key: string };
    }>(
      vigie.url,
      'subscription { alertChanged(model: "iris-classifier") { id state monitor key severity summary } }',
    );
    const measured = await subscribe<{ metricUpdated: { value: number } }>(
      vigie.url,
      'subscription { metricUpdated(model: "iris-classifier", names: ["confidence_mean"]) { value n name } }',
    );
    const states = () =>
      live.items
        .map(({ alertChanged }) => alertChanged)
        .filter(({ monitor, key }) => monitor === 'confidence' && key === 'mean');

    const unsure = await predictMany(UNSURE_IRIS, 1000);
    expect(Math.max(...unsure.map(({ confidence }) => confidence))).toBeLessThan(0.7);
    const firing = await eventually(() => states().find(({ state }) => state === 'FIRING'));
    await eventually(() => measured.items.some(({ metricUpdated }) => metricUpdated.value < 0.7));

    const acknowledge =
      'mutation($id: ID!) { acknowledgeAlert(id: $id, comment: "on it") { state acknowledgedBy } }';
    const { acknowledgeAlert } = await ask<{ acknowledgeAlert: { state: string } }>(vigie.url, acknowledge, {
      id: firing.id,
    });
    expect(acknowledgeAlert.state).toBe('ACKNOWLEDGED');

    await predictMany(CLEAR_IRIS, 1000);
    await eventually(() => states().some(({ id, state }) => id === firing.id && state === 'RESOLVED'));
    expect(states().map(({ state }) => state)).toEqual(['PENDING', 'FIRING', 'ACKNOWLEDGED', 'RESOLVED']);

    await eventually(async () => {
      const query =
        '{ alerts(filter: { model: "iris-classifier", monitor: "confidence" }) { edges { node { id state history { to comment } } } } }';
      const { alerts } = await ask<{
        alerts: { edges: { node: { id: string; state: string; history: { comment: string | null }[] } }[] };
      }>(vigie.url, query);
      const node = alerts.edges.find((edge) => edge.node.id === firing.id)?.node;
      return node?.state === 'RESOLVED' && node.history.some(({ comment }) => comment === 'on it');
    });
    await Promise.all([live.close(), measured.close()]);
  });

  it('shows health, monitors, workers and stored measurements', async () => {
    const { health, monitors, workers } = await ask<{
      health: { status: string; models: { model: string; loaded: boolean }[] };
      monitors: { monitor: string; window: { n: number } }[];
      workers: { providers: string[] }[];
    }>(
      vigie.url,
      '{ health { status dependencies { name status } models { model loaded recentAlerts { id } } } monitors(model: "iris-classifier") { monitor status window { n } health { status lagSeconds } } workers { id providers models } }',
    );
    expect(health.models.every(({ loaded }) => loaded)).toBe(true);
    expect(monitors.map(({ monitor }) => monitor).sort()).toEqual([
      'class-distribution',
      'concept-drift',
      'confidence',
      'data-drift',
      'data-quality',
      'error-rate',
      'estimated-performance',
      'latency',
      'outlier',
      'performance',
      'prediction-drift',
      'throughput',
    ]);
    expect(workers[0]?.providers).toEqual(['cpu']);
    await eventually(async () => {
      const query =
        '{ metrics(filter: { model: "iris-classifier", names: ["confidence_mean"] }) { name points { value n } } }';
      const { metrics } = await ask<{ metrics: { points: unknown[] }[] }>(vigie.url, query);
      return (metrics[0]?.points.length ?? 0) > 0;
    });
  });

  it('exports measurements and its own metrics for Prometheus', async () => {
    const text = await (await fetch(`${vigie.url}/metrics`)).text();
    for (const name of [
      'vigie_monitor_confidence_mean{',
      'vigie_batch_rows_bucket{',
      'vigie_queue_wait_seconds_bucket{',
      'vigie_stream_lag_entries{',
      'vigie_graphql_operation_seconds_bucket{',
      'process_cpu_seconds_total',
    ])
      expect(text).toContain(name);
  });

  it('never writes a feature value into its log', async () => {
    const marked = 7.123_456_789;
    await predictIris(vigie.url, { ...CLEAR_IRIS, sepal_length: marked });
    await send(vigie.url, '{ nonsense }');
    expect(JSON.stringify(vigie.lines)).not.toContain('7.123456789');
  });
});
