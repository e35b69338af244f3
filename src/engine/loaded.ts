import { AppError } from '../core/errors.ts';
import type { ModelArtifacts } from './model/artifacts.ts';
import { classNames, defaultLayer, explainableLayers } from './model/describe.ts';
import { type PlacedModel, placeModel } from './model/place.ts';
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
    return { ...placed, artifacts, info: modelInfo(id, placed, artifacts) };
  } catch (error) {
    placed.model.dispose();
    throw error;
  }
}

function modelInfo(
  id: string,
  { model, graph }: PlacedModel,
  artifacts: ModelArtifacts,
): ModelInfo {
  const { sidecar, label } = artifacts;
  const inputShape = model.inputs[0].shape.slice(1).map((size) => size ?? -1);
  if (inputShape.includes(-1)) {
    const shown = inputShape.map((size) => (size === -1 ? 'any' : size));
    throw new AppError(
      'unsupported',
      `${label}: the network leaves its input size open, [${shown}]; accepted: networks with a fixed input size`,
    );
  }
  const layers = explainableLayers(graph, label);
  return {
    id,
    title: sidecar.title ?? model.name,
    inputShape,
    classes: classNames(graph.steps[graph.steps.length - 1].shape[0], sidecar, label),
    layers,
    defaultLayer: defaultLayer(layers, sidecar),
    parameters: model.countParams(),
    sidecar,
  };
}
