// Makes a prediction cheap to write: JSON is kept as it comes, probabilities are numbers, texts are compared by their bytes.

/**
 * Nothing looks into the JSON of a prediction, so it need not be taken apart (jsonb) to be stored; and the indexes on model
 * and label serve equality alone, for which the order of a language is the slow way. Rows recorded before keep their
 * `probabilities`, later ones have `classes` and `scores`. `recorded_prediction` is the form in which rows arrive; it is
 * apart from the table, so that a process that does not know a later column still writes.
 */
export const plainPredictions = {
  number: 2,
  name: 'plain-predictions',
  script: `
    ALTER TABLE predictions
      ADD COLUMN classes text[],
      ADD COLUMN scores float8[],
      ALTER COLUMN features TYPE json,
      ALTER COLUMN warnings TYPE json,
      ALTER COLUMN metadata TYPE json,
      ALTER COLUMN model TYPE text COLLATE "C",
      ALTER COLUMN label TYPE text COLLATE "C";

    CREATE TYPE recorded_prediction AS (
      created_at timestamptz,
      id uuid,
      received_at timestamptz,
      model text,
      version int,
      status text,
      label text,
      value float8,
      confidence float8,
      classes text[],
      scores float8[],
      features json,
      warnings json,
      total_ms float8,
      queue_ms float8,
      compute_ms float8,
      batch_size int,
      error_code text,
      error_message text,
      request_id text,
      subject text,
      metadata json
    );
  `,
} as const;
