// Reads one `models/<name>/` folder and everything wrong with it.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z, type ZodType } from 'zod';
import { modelManifestSchema, type ModelManifest } from '../manifest/model-manifest.js';
import { referenceProfileSchema, type ReferenceProfile } from '../manifest/reference-profile.js';
import { versionFactsSchema } from '../manifest/version-facts.js';
import { readSignature } from '../onnx/read-signature.js';
import { signatureProblems } from './check-signature.js';
import type { RegisteredModel, RegisteredVersion } from './registry.js';

/** Notes a problem of a file; reading goes on, so that all of them are told at once. */
export type Report = (path: string, problem: string) => void;

const VERSION_FOLDER = /^[1-9]\d{0,8}$/;

/** The model in `folder`, which has a `model.json`; undefined when something was reported. */
export async function readModelFolder(folder: string, report: Report): Promise<RegisteredModel | undefined> {
  const manifestPath = join(folder, 'model.json');
  const manifest = await readJson(manifestPath, modelManifestSchema, report);
  if (manifest === undefined) return undefined;
  if (manifest.name !== basename(folder))
    report(manifestPath, `the manifest is named "${manifest.name}", its folder "${basename(folder)}"`);

  const numbers = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && VERSION_FOLDER.test(entry.name))
    .map((entry) => Number(entry.name))
    .sort((a, b) => a - b);
  if (numbers.length === 0) report(folder, 'there is no version: no folder named 1, 2, ...');
  const serving = manifest.production ?? numbers.at(-1);
  if (serving !== undefined && numbers.length > 0 && !numbers.includes(serving))
    report(manifestPath, `production is version ${serving}, the folders are ${numbers.join(', ')}`);

  const versions: RegisteredVersion[] = [];
  for (const number of numbers) {
    const version = await readVersionFolder(folder, manifest, number, number === serving, report);
    if (version !== undefined) versions.push(version);
  }
  const production = versions.find((v) => v.version === serving);
  return production === undefined ? undefined : { manifest, versions, production };
}

async function readVersionFolder(
  modelFolder: string,
  manifest: ModelManifest,
  number: number,
  serves: boolean,
  report: Report,
): Promise<RegisteredVersion | undefined> {
  const folder = join(modelFolder, String(number));
  const onnxPath = join(folder, 'model.onnx');
  const facts = await readJson(join(folder, 'version.json'), versionFactsSchema, report);
  const reference = await readReference(join(folder, 'reference.json'), manifest, report);
  const bytes = await readBytes(onnxPath, report);
  if (bytes === undefined) return undefined;

  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (facts !== undefined && facts.sha256 !== sha256)
    report(onnxPath, `the file has SHA-256 ${sha256}, version.json says ${facts.sha256}`);
  const signature = attempt(() => readSignature(bytes), onnxPath, report);
  if (facts === undefined || signature === undefined) return undefined;
  for (const problem of signatureProblems(manifest, signature)) report(onnxPath, problem);
  return {
    model: manifest.name,
    version: number,
    stage: serves ? 'production' : 'none',
    facts,
    reference,
    onnxPath,
    sizeBytes: bytes.length,
    inputs: signature.inputs,
    outputs: signature.outputs,
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

async function readJson<T>(
  path: string,
  schema: ZodType<T>,
  report: Report,
  presence: 'required' | 'optional' = 'required',
): Promise<T | undefined> {
  const bytes = await readBytes(path, report, presence);
  if (bytes === undefined) return undefined;
  const json = attempt((): unknown => JSON.parse(bytes.toString('utf8')), path, report);
  if (json === undefined) return undefined;
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    report(path, `${issue.path.length === 0 ? '' : `${z.core.toDotPath(issue.path)}: `}${issue.message}`);
  return undefined;
}

async function readBytes(
  path: string,
  report: Report,
  presence: 'required' | 'optional' = 'required',
): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (absent && presence === 'optional') return undefined;
    report(path, absent ? 'the file is missing' : `the file cannot be read: ${String(error)}`);
    return undefined;
  }
}

function attempt<T>(read: () => T, path: string, report: Report): T | undefined {
  try {
    return read();
  } catch (error) {
    report(path, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
