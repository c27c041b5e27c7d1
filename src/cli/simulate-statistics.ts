// Counts what happened to simulated traffic, and says it in a line or a page.

export interface SimulateStatistics {
  sent(): void;
  /** So many answers of it were right, of so many there were to give. */
  answered(latencyMs: number, right: number, of: number): void;
  failed(code: string): void;
  /** Not sent, because too many were still waiting for an answer. */
  skipped(): void;
  feedbackAccepted(count: number): void;
  alertSeen(): void;
  /** One line about everything so far; latencies are those since the last line. */
  line(elapsedSeconds: number): string;
  summary(): string;
}

/** `rightness` is what the share of right answers is called. Keeps every latency: eight bytes a prediction, bounded by the length of the run. */
export function createStatistics(rightness: 'accuracy' | 'recall' = 'accuracy'): SimulateStatistics {
  const latencies: number[] = [];
  const failures = new Map<string, number>();
  let [sent, skipped, correct, asked, accepted, alerts, lineFrom] = [0, 0, 0, 0, 0, 0, 0];

  const failureText = () =>
    failures.size === 0 ? '0' : [...failures].map(([code, count]) => `${code} ${count}`).join(', ');

  return {
    sent: () => {
      sent++;
    },
    answered: (latencyMs, right, of) => {
      latencies.push(latencyMs);
      correct += right;
      asked += of;
    },
    failed: (code) => void failures.set(code, (failures.get(code) ?? 0) + 1),
    skipped: () => {
      skipped++;
    },
    feedbackAccepted: (count) => {
      accepted += count;
    },
    alertSeen: () => {
      alerts++;
    },
    line: (elapsedSeconds) => {
      const recent = latencies.slice(lineFrom);
      lineFrom = latencies.length;
      return [
        `${elapsedSeconds.toFixed(0).padStart(4)} s`,
        `sent ${sent}`,
        `ok ${latencies.length}`,
        `failed ${failureText()}`,
        `p50 ${milliseconds(recent, 0.5)}`,
        `p99 ${milliseconds(recent, 0.99)}`,
        `alerts ${alerts}`,
      ].join('  ');
    },
    summary: () =>
      [
        '',
        `sent       ${sent}${skipped === 0 ? '' : ` (${skipped} more held back: too many unanswered)`}`,
        `answered   ${latencies.length}`,
        `failed     ${failureText()}`,
        `latency    p50 ${milliseconds(latencies, 0.5)}, p95 ${milliseconds(latencies, 0.95)}, p99 ${milliseconds(latencies, 0.99)}`,
        `${rightness.padEnd(10)} ${asked === 0 ? '-' : (correct / asked).toFixed(4)} (against the true labels)`,
        `feedback   ${accepted} accepted`,
        `alerts     ${alerts} transitions seen`,
      ].join('\n'),
  };
}

/** The smallest value that at least this share of the values does not exceed (nearest rank); undefined for none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function milliseconds(values: readonly number[], share: number): string {
  const value = quantile(values, share);
  return value === undefined ? '-' : `${value.toFixed(1)} ms`;
}
