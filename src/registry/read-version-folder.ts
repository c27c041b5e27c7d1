// Reads one `models/<name>/<version>/` folder, checks its files against the manifest and says everything wrong with them.
import { join } from 'node:path';
import type { ModelManifest } from '../manifest/model-manifest.js';
import { referenceProfileSchema, type ReferenceProfile } from '../manifest/reference-profile.js';
import { versionFactsSchema } from '../manifest/version-facts.js';
import { readSignature } from '../onnx/read-signature.js';
import { checkPictureModel } from './check-picture-model.js';
import { signatureProblems } from './check-signature.js';
import { attempt, readHashed, readJson, type Report } from './read-files.js';
import type { RegisteredVersion } from './registry.js';

/** The files that make a version. */
export const VERSION_FILES = ['model.onnx', 'version.json', 'reference.json'] as const;

/** A version as its folder has it, with no stage yet; undefined when there are problems, each with the path of its file. */
export interface ReadVersion {
  readonly version: RegisteredVersion | undefined;
  readonly problems: readonly string[];
}

/** Never rejects: what cannot be read is a problem. */
export async function readVersionFolder(
  modelFolder: string,
  manifest: ModelManifest,
  number: number,
): Promise<ReadVersion> {
  const problems: string[] = [];
  const report: Report = (path, problem) => problems.push(`${path}: ${problem}`);
  const [onnxPath = '', factsPath = '', referencePath = ''] = VERSION_FILES.map((file) =>
    join(modelFolder, String(number), file),
  );
  const facts = await readJson(factsPath, versionFactsSchema, report);
  const reference = await readReference(referencePath, manifest, report);
  const file = await readHashed(onnxPath, report);
  if (file === undefined) return { version: undefined, problems };

  if (facts !== undefined && facts.sha256 !== file.sha256)
    report(onnxPath, `the file has SHA-256 ${file.sha256}, version.json says ${facts.sha256}`);
  const signature = await attempt(() => readSignature(file.bytes), onnxPath, report);
  const { image } = manifest;
  const picture = signature && image && checkPictureModel(manifest, image, signature);
  const misfits =
    picture?.problems ?? (signature === undefined ? [] : signatureProblems(manifest, signature));
  for (const problem of misfits) report(onnxPath, problem);
  if (facts === undefined || signature === undefined || problems.length > 0)
    return { version: undefined, problems };
  const { inputs, outputs } = signature;
  const { name: model } = manifest;
  const sizeBytes = file.bytes.length;
  return {
    version: {
      model,
      version: number,
      stage: 'none',
      facts,
      reference,
      onnxPath,
      sizeBytes,
      inputs,
      outputs,
      picture: picture?.input,
    },
    problems,
  };
}

async function readReference(
  path: string,
  manifest: ModelManifest,
  report: Report,
): Promise<ReferenceProfile | undefined> {
  const reference = await readJson(path, referenceProfileSchema, report, 'optional');
  for (const [name, { kind }] of Object.entries(reference?.features ?? {})) {
    const type = manifest.features.find((f) => f.name === name)?.type;
    if (type === undefined) report(path, `it profiles "${name}", which is not a feature in model.json`);
    else if ((type === 'number' && kind !== 'numeric') || (type === 'category' && kind !== 'category'))
      report(path, `it profiles "${name}" as ${kind}, in model.json it is a ${type}`);
  }
  return reference;
}
