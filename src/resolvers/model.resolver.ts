// Which models there are and what they take.
import '../schema/reflect-metadata.js';
import { Arg, Query, Resolver } from 'type-graphql';
import type { RegisteredModel, RegisteredVersion } from '../registry/registry.js';
import { Model, type ModelVersion } from '../schema/model.type.js';
import type { Plain } from '../schema/plain.js';
import type { ApiFaces } from './faces.js';

@Resolver()
export class ModelResolver {
  constructor(private readonly faces: Pick<ApiFaces, 'registry'>) {}

  @Query(() => [Model])
  models(): Plain<Model>[] {
    return this.faces.registry.models().map(toModel);
  }

  @Query(() => Model, { nullable: true })
  model(@Arg('name', () => String) name: string): Plain<Model> | null {
    const found = this.faces.registry.models().find(({ manifest }) => manifest.name === name);
    return found === undefined ? null : toModel(found);
  }
}

function toModel({ manifest, versions, production }: RegisteredModel): Plain<Model> {
  return {
    name: manifest.name,
    title: manifest.title,
    description: manifest.description ?? null,
    task: manifest.task,
    features: manifest.features.map((feature) => ({
      name: feature.name,
      type: feature.type,
      unit: feature.unit ?? null,
      min: feature.min ?? null,
      max: feature.max ?? null,
      categories: feature.categories ?? null,
      required: feature.required,
      description: feature.description ?? null,
      example: feature.example ?? null,
    })),
    classes: manifest.classes,
    versions: versions.map(toModelVersion),
    production: toModelVersion(production),
  };
}

function toModelVersion(version: RegisteredVersion): Plain<ModelVersion> {
  return {
    model: version.model,
    version: version.version,
    stage: version.stage,
    sha256: version.facts.sha256,
    createdAt: new Date(version.facts.createdAt),
    metrics: version.facts.metrics,
    sizeBytes: version.sizeBytes,
    inputs: version.inputs.map(toTensor),
    outputs: version.outputs.map(toTensor),
  };
}

function toTensor({ name, type, shape }: RegisteredVersion['inputs'][number]) {
  return { name, type, shape: shape.map(String) };
}
