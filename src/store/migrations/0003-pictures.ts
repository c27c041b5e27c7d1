// Room for pictures: what was found in them, what they were like, and the boxes that are truly there.

/**
 * JSON is kept as it comes, as that of the features is. Rows arrive in a type of their own again: a process that does not know
 * these columns goes on writing in the one before.
 */
export const pictures = {
  number: 3,
  name: 'pictures',
  script: `
    ALTER TABLE predictions ADD COLUMN detections json, ADD COLUMN picture json;
    ALTER TABLE feedback ADD COLUMN detections json;

    CREATE TYPE recorded_prediction_3 AS (
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
      metadata json,
      detections json,
      picture json
    );
  `,
} as const;
