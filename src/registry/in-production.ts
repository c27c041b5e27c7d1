// Puts a model together from its versions and the one that serves.
import type { ModelManifest } from '../manifest/model-manifest.js';
import type { RegisteredModel, RegisteredVersion, Stage } from './registry.js';

/** A model that offers `versions` and `production`, whether or not that is among them, with the stage of each set. */
export function inProduction(
  manifest: ModelManifest,
  versions: readonly RegisteredVersion[],
  production: RegisteredVersion,
): RegisteredModel {
  const serving = staged(production, 'production');
  const others = versions.filter(({ version }) => version !== production.version);
  return {
    manifest,
    versions: [...others.map((version) => staged(version, 'none')), serving].sort(
      (a, b) => a.version - b.version,
    ),
    production: serving,
  };
}

function staged(version: RegisteredVersion, stage: Stage): RegisteredVersion {
  return version.stage === stage ? version : { ...version, stage };
}
