import { AppError } from '../core/errors.ts';
import { type Network, placeNetwork } from './explain/network.ts';
import { tfjsGraph } from './formats/tfjs/import.ts';
import { scoreGraph } from './graph/scores.ts';
import type { ScoreGraph } from './graph/types.ts';
import { fingerprint, type ModelArtifacts } from './model/artifacts.ts';
import { classNames, defaultLayer, explainableLayers } from './model/describe.ts';
import { checkSidecar } from './model/sidecar.ts';
import type { ModelInfo, TaskOptions } from './types.ts';

/** A network on the current backend, with what it needs to be placed again on another one. */
export interface LoadedModel {
  readonly artifacts: ModelArtifacts;
  readonly network: Network;
  readonly info: ModelInfo;
}

/** Builds a network on the current backend. */
export async function loadArtifacts(
  id: string,
  artifacts: ModelArtifacts,
  { onProgress }: TaskOptions,
): Promise<LoadedModel> {
  onProgress?.({ stage: 'Building the network' });
  const graph = scoreGraph(tfjsGraph(artifacts));
  const info = await modelInfo(id, graph, artifacts);
  return { artifacts, network: placeNetwork(graph, artifacts.label), info };
}

/** The same network on the backend that is current now. */
export function placeAgain(loaded: LoadedModel): LoadedModel {
  const { network, artifacts } = loaded;
  return { ...loaded, network: placeNetwork(network.graph, artifacts.label) };
}

async function modelInfo(
  id: string,
  graph: ScoreGraph,
  artifacts: ModelArtifacts,
): Promise<ModelInfo> {
  const { sidecar, sidecarName, label, notes } = artifacts;
  if (graph.inputs.length !== 1) {
    throw new AppError(
      'unsupported',
      `${label}: the network has ${graph.inputs.length} inputs; accepted: networks with one input`,
    );
  }
  const layers = explainableLayers(graph, label);
  const [count] = graph.nodes[graph.scores].shape;
  checkSidecar(sidecar, { classes: count, layers: layers.map(({ name }) => name) }, sidecarName);
  return {
    id,
    title: sidecar.title ?? graph.name,
    inputShape: graph.nodes[graph.inputs[0]].shape,
    classes: classNames(count, sidecar),
    layers,
    defaultLayer: defaultLayer(layers, sidecar),
    parameters: parameterCount(graph),
    sidecar,
    fingerprint: await fingerprint(artifacts),
    notes,
  };
}

function parameterCount({ constants }: ScoreGraph): number {
  const sizes = constants.map(({ shape, stored }) =>
    stored ? shape.reduce((a, b) => a * b, 1) : 0,
  );
  return sizes.reduce((a, b) => a + b, 0);
}
