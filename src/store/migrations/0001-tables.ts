// The first tables: predictions, feedback and measurements in one part per day, alerts with their transitions.

/**
 * A prediction's `created_at` is the time within its id, so (created_at, id) is as unique as the id alone; feedback lies in
 * the part of its prediction's day, found with it and dropped with it. Indexes on labels hold their first characters
 * only, since an index refuses long values.
 */
export const tables = {
  number: 1,
  name: 'tables',
  script: `
    CREATE TABLE predictions (
      created_at timestamptz NOT NULL,
      id uuid NOT NULL,
      received_at timestamptz NOT NULL,
      model text NOT NULL,
      version int NOT NULL,
      status text NOT NULL,
      label text,
      value float8,
      confidence float8,
      probabilities jsonb,
      features jsonb NOT NULL,
      warnings jsonb NOT NULL,
      total_ms float8 NOT NULL,
      queue_ms float8 NOT NULL,
      compute_ms float8 NOT NULL,
      batch_size int NOT NULL,
      error_code text,
      error_message text,
      request_id text,
      subject text,
      metadata jsonb,
      PRIMARY KEY (created_at, id)
    ) PARTITION BY RANGE (created_at);
    CREATE INDEX predictions_by_model ON predictions (model, created_at, id);
    CREATE INDEX predictions_by_label ON predictions (model, left(label, 128), created_at, id);

    CREATE TABLE feedback (
      predicted_at timestamptz NOT NULL,
      prediction_id uuid NOT NULL,
      id text NOT NULL,
      model text NOT NULL,
      version int NOT NULL,
      label text,
      value float8,
      received_at timestamptz NOT NULL,
      PRIMARY KEY (predicted_at, prediction_id, id)
    ) PARTITION BY RANGE (predicted_at);

    CREATE TABLE measurements (
      at timestamptz NOT NULL,
      model text NOT NULL,
      entry_id text NOT NULL,
      ordinal int NOT NULL,
      version int,
      monitor text NOT NULL,
      name text NOT NULL,
      labels jsonb NOT NULL,
      unit text,
      value float8 NOT NULL,
      n bigint NOT NULL,
      PRIMARY KEY (at, model, entry_id, ordinal)
    ) PARTITION BY RANGE (at);
    CREATE INDEX measurements_by_name ON measurements (model, name, at);

    CREATE TABLE alerts (
      id text COLLATE "C" PRIMARY KEY,
      model text NOT NULL,
      version int,
      monitor text NOT NULL,
      key text NOT NULL,
      severity text NOT NULL,
      state text NOT NULL,
      summary text NOT NULL,
      value float8,
      threshold float8,
      started_at timestamptz NOT NULL,
      fired_at timestamptz,
      resolved_at timestamptz,
      acknowledged_by text,
      last_at timestamptz NOT NULL,
      last_rank int NOT NULL,
      last_transition_id text COLLATE "C" NOT NULL
    );
    CREATE INDEX alerts_by_start ON alerts (started_at, id);
    CREATE INDEX alerts_by_model ON alerts (model, started_at, id);
    CREATE INDEX alerts_by_change ON alerts (state, last_at);

    CREATE TABLE alert_transitions (
      id text COLLATE "C" PRIMARY KEY,
      alert_id text COLLATE "C" NOT NULL REFERENCES alerts ON DELETE CASCADE,
      from_state text,
      to_state text NOT NULL,
      rank int NOT NULL,
      at timestamptz NOT NULL,
      by_whom text,
      comment text,
      value float8
    );
    CREATE INDEX alert_transitions_by_alert ON alert_transitions (alert_id, at, rank, id);
  `,
} as const;
