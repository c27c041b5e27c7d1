// Hears the wish to stop, and tells a second one from the echo of the first.

// npm and tsx hand Ctrl-C on although the terminal has sent it already; the echo must not count as a second wish.
const ECHO_MS = 1000;

/** `signal` is aborted by the first wish; `again` is called by every one that comes more than a second later. */
export function hearStopWish(again: () => void): { readonly signal: AbortSignal; readonly ask: () => void } {
  const asked = new AbortController();
  let askedAt = 0;
  const ask = () => {
    if (askedAt === 0) {
      askedAt = Date.now();
      asked.abort();
    } else if (Date.now() - askedAt > ECHO_MS) again();
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  return { signal: asked.signal, ask };
}
