// Every Redis key in one place, but for those the queue library makes under `queues`. A model's keys share a hash tag,
// so one script may touch them on a cluster too.

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
        /** How far pictures are, for who looks just now. */
        progress: `${base}:progress`,
        /** Of Vigie itself alone. */
        resources: `${base}:resources`,
        /** Hash: `<monitor>/<key>` to the state of the alert that is open under it. */
        openAlerts: `${base}:open-alerts`,
        /** Hash: monitor name to its last report. */
        monitorStatus: `${base}:monitor-status`,
        /** String: the monitors' state and the stream positions it stands at. */
        snapshot: `${base}:snapshot`,
        /** String: the process that watches this model. */
        lease: `${base}:lease`,
        /** String with expiry: the entry this id stands for (a batch, say) was appended already. */
        once: (id: string) => `${base}:once:${id}`,
        /** Stream: answers of this model for one API process; beside the predictions, to be written with them. */
        replies: (processId: string) => `${base}:replies:${processId}`,
      };
    },
    /** Hash: id to a silence of alerts. */
    silences: `${prefix}:silences`,
    /** Hash: worker id to its last heartbeat. */
    workers: `${prefix}:workers`,
    /** String with expiry: the worker that ends itself at present, to be started anew. */
    leaving: `${prefix}:leaving`,
    /** String with expiry: the prediction a requestId stands for. */
    request: (requestIdHash: string) => `${prefix}:request:${requestIdHash}`,
    /** String with expiry: a submitted prediction that is not in the log yet. */
    pending: (predictionId: string) => `${prefix}:pending:${predictionId}`,
    /** BullMQ's prefix; the tag keeps a queue's keys in one slot. */
    queues: `{${prefix}:queue}`,
  } as const;
}

/** What `createKeys` answers; handed to every room that needs keys. */
export type Keys = ReturnType<typeof createKeys>;

/** String with expiry beside a stream: the append with this id was made already. */
export function onceKeyOf(stream: string, id: string): string {
  return `${stream}:once:${id}`;
}

/** Stream of what readers of another stream could not use, at most about 10,000 entries. */
export function parkedStreamOf(stream: string): string {
  return `${stream}:parked`;
}

/** The kind and model a stream's key speaks of, for the labels of a metric; model `none` where it belongs to no model. */
export function describeStream(key: string): { stream: string; model: string } {
  const [, model, stream = key] = /\{([^}]*)\}:(.+)$/.exec(key) ?? [];
  // What follows `replies` is the id of a process, which must not become a label.
  return { stream: stream.replace(/^replies:.*$/, 'replies'), model: model ?? 'none' };
}
