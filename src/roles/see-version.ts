// Lets a worker take up a job for a version that has just come into the models folder, before its own turn to look.
import type { LiveRegistry } from '../registry/registry.js';

/** Before `handle`, looks at the models folder if the version that a job names is not known: another process has seen it. */
export function seeVersion<Payload extends { readonly model: string; readonly version: number }>(
  registry: LiveRegistry,
  handle: (payload: Payload) => Promise<void>,
): (payload: Payload) => Promise<void> {
  return async (payload) => {
    const { model, version } = payload;
    try {
      registry.version(model, version);
    } catch {
      await registry.lookAgain(model);
    }
    await handle(payload);
  };
}
