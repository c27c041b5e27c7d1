// Cleans up behind a test process that ends before its tests could: one whose preparation failed has nothing to stop by.

/** Runs `clean` when the process exits or is told to; answers how to call that off. */
export function onProcessEnd(clean: () => void): () => void {
  // The runner ends its processes by SIGTERM, which alone would raise no `exit`.
  const exit = () => process.exit();
  process.once('exit', clean);
  process.once('SIGTERM', exit);
  return () => {
    process.off('exit', clean);
    process.off('SIGTERM', exit);
  };
}
