// A curve as one line of text.

const BARS = '▁▂▃▄▅▆▇█';
const WIDTH = 60;

/** From the least to the most of the values, the means of equal stretches; at most 60 characters. */
export function sparkline(values: readonly number[]): string {
  const columns = Math.min(WIDTH, values.length);
  const means = Array.from({ length: columns }, (_, i) => {
    const from = Math.floor((i * values.length) / columns);
    const stretch = values.slice(from, Math.max(from + 1, Math.floor(((i + 1) * values.length) / columns)));
    return stretch.reduce((sum, value) => sum + value, 0) / stretch.length;
  });
  const least = Math.min(...means);
  const range = Math.max(...means) - least;
  const last = BARS.length - 1;
  return means
    .map((mean) => BARS[range === 0 ? 0 : Math.round(((mean - least) / range) * last)] ?? '')
    .join('');
}
