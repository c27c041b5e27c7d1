// Every Redis key in one place. A model's keys share a hash tag, so one script may touch them on a cluster too.

/** All keys under one prefix; tests take a prefix of their own. */
export function createKeys(prefix = 'vigie') {
  return {
    prefix,
    model: (name: string) => {
      const base = `${prefix}:{${name}}`;
      return {
        /** Streams. */
        predictions: `${base}:predictions`,
        feedback: `${base}:feedback`,
        measurements: `${base}:measurements`,
        alerts: `${base}:alerts`,
        /** Hash: alert id to the open alert's state. */
        openAlerts: `${base}:open-alerts`,
        /** Hash: monitor name to its last report. */
        monitorStatus: `${base}:monitor-status`,
        /** String: the monitors' state and the stream positions it stands at. */
        snapshot: `${base}:snapshot`,
        /** String: the process that watches this model. */
        lease: `${base}:lease`,
        /** String with expiry: this entry was appended already. */
        once: (entryId: string) => `${base}:once:${entryId}`,
      };
    },
    /** Hash: worker id to its last heartbeat. */
    workers: `${prefix}:workers`,
    /** Stream: answers for one API process. */
    replies: (processId: string) => `${prefix}:replies:${processId}`,
    /** String with expiry: the prediction a requestId stands for. */
    request: (requestId: string) => `${prefix}:request:${requestId}`,
    /** String with expiry: a submitted prediction that is not in the log yet. */
    pending: (predictionId: string) => `${prefix}:pending:${predictionId}`,
    /** BullMQ's prefix; the tag keeps a queue's keys in one slot. */
    queues: `{${prefix}:queue}`,
  } as const;
}

export type Keys = ReturnType<typeof createKeys>;

/** The kind and model a stream's key speaks of, for the labels of a metric. */
export function describeStream(key: string): { stream: string; model: string } {
  const [, model = 'none', stream = key] = /\{([^}]*)\}:(.+)$/.exec(key) ?? [];
  return { stream, model };
}
