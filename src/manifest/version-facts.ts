// `models/<name>/<version>/version.json`: facts about one built version that never change.
import { z } from 'zod';

/** `version.json`: when and from what a version was made, and the SHA-256 of its model. */
export const versionFactsSchema = z
  .strictObject({
    createdAt: z.iso.datetime(),
    /** SHA-256 of model.onnx in hex; a file that does not match is refused at load. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Evaluation on held-out data, for example `accuracy`, `f1_macro`, `rows`. */
    metrics: z.record(z.string(), z.number()),
    /** How it was made: algorithm, seed, rows, anything a reader needs to trust it. */
    training: z.record(z.string(), z.unknown()),
  })
  .readonly();

/** The facts of a version as parsed. */
export type VersionFacts = z.infer<typeof versionFactsSchema>;
