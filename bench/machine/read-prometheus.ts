// Reads a process's metrics.

/** Values by name and labels as they are written, such as `up{job="x"}`; empty where there are none to be had. */
export async function readPrometheus(url: string): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`${url}/metrics`).catch(() => undefined);
  if (answer?.ok !== true) return new Map();
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** Delays of an event loop since its metrics were read last, in ms. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export async function readLoopDelay(url: string): Promise<LoopDelay | undefined> {
  const metrics = await readPrometheus(url);
  const ms = (name: string) => (metrics.get(`nodejs_eventloop_lag_${name}_seconds`) ?? NaN) * 1000;
  return metrics.size === 0 ? undefined : { p50: ms('p50'), p99: ms('p99'), max: ms('max') };
}
