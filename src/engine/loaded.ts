import { AppError } from '../core/errors.ts';
import { fingerprint, type ModelArtifacts } from './model/artifacts.ts';
import { classNames, defaultLayer, explainableLayers } from './model/describe.ts';
import { type PlacedModel, placeModel } from './model/place.ts';
import { checkSidecar } from './model/sidecar.ts';
import type { ModelInfo, TaskOptions } from './types.ts';

/** A network with what it needs to be placed again on another backend. */
export interface LoadedModel extends PlacedModel {
  readonly artifacts: ModelArtifacts;
  readonly info: ModelInfo;
}

/** Builds a network on the current backend. */
export async function loadArtifacts(
  id: string,
  artifacts: ModelArtifacts,
  { onProgress }: TaskOptions,
): Promise<LoadedModel> {
  onProgress?.({ stage: 'Building the network' });
  const placed = await placeModel(artifacts);
  try {
    return { ...placed, artifacts, info: await modelInfo(id, placed, artifacts) };
  } catch (error) {
    placed.model.dispose();
    throw error;
  }
}

async function modelInfo(
  id: string,
  { model, graph }: PlacedModel,
  artifacts: ModelArtifacts,
): Promise<ModelInfo> {
  const { sidecar, sidecarName, label, notes } = artifacts;
  const inputShape = model.inputs[0].shape.slice(1).map((size) => size ?? -1);
  if (inputShape.includes(-1)) {
    const shown = inputShape.map((size) => (size === -1 ? 'any' : size));
    throw new AppError(
      'unsupported',
      `${label}: the network leaves its input size open, [${shown}]; accepted: networks with a fixed input size`,
    );
  }
  const layers = explainableLayers(graph, label);
  const count = graph.steps[graph.steps.length - 1].shape[0];
  checkSidecar(sidecar, { classes: count, layers: layers.map(({ name }) => name) }, sidecarName);
  return {
    id,
    title: sidecar.title ?? model.name,
    inputShape,
    classes: classNames(count, sidecar),
    layers,
    defaultLayer: defaultLayer(layers, sidecar),
    parameters: model.countParams(),
    sidecar,
    fingerprint: await fingerprint(artifacts),
    notes,
  };
}
