import { badInput } from '../core/errors.ts';
import { type Target, targetCount, type TargetRequest } from '../core/target/index.ts';
import { keptSize, type Network, networkOf } from './explain/network.ts';
import { type PlacedConstants, placeConstants } from './graph/place.ts';
import { scoreGraph } from './graph/scores.ts';
import { classNames, defaultLayer, explainableLayers, outputsOf } from './model/describe.ts';
import { fittingLabels } from './model/labels.ts';
import { networkNodes } from './model/nodes.ts';
import type { OpenedNetwork } from './model/open.ts';
import { checkSidecar } from './model/sidecar.ts';
import { defaultTarget, rowOf } from './target/rows.ts';
import type { LayerInfo, ModelInfo, TaskOptions } from './types.ts';

/** A network as far as one of its outputs needs it. */
export interface View {
  /** Distinguishes the views of one network. */
  readonly key: string;
  readonly network: Network;
  /** Name of the output. */
  readonly output: string;
  /** The layers that are offered, input first. */
  readonly layers: readonly LayerInfo[];
  readonly defaultLayer: string;
}

/** A network on the current backend, with what it needs to be placed again on another one. */
export interface LoadedModel {
  readonly opened: OpenedNetwork;
  readonly constants: PlacedConstants;
  /** Of the main output without its final activation first; others as they are asked for. */
  readonly views: Map<string, View>;
  readonly info: ModelInfo;
}

/** Places a network on the current backend. */
export function placeLoaded(
  id: string,
  opened: OpenedNetwork,
  { onProgress }: TaskOptions = {},
): LoadedModel {
  onProgress?.({ stage: 'Building the network' });
  const { graph, label, sidecar, sidecarName } = opened;
  const constants = placeConstants(graph, label);
  try {
    const view = viewOf({ opened, constants }, undefined, false);
    const { network, layers } = view;
    const end = network.graph.nodes[network.graph.scores];
    const count = targetCount(defaultTarget(end).kind, end.shape);
    checkSidecar(sidecar, { classes: count, layers: layers.map(({ name }) => name) }, sidecarName);
    const labels = opened.labels ? fittingLabels(opened.labels, count) : { names: null, notes: [] };
    const input = graph.nodes[graph.inputs[0]];
    const info: ModelInfo = {
      id,
      title: sidecar.title ?? opened.title,
      inputShape: input.shape,
      inputDeclared: input.declared,
      outputs: outputsOf(graph),
      classes: labels.names ?? classNames(count, sidecar),
      layers,
      nodes: networkNodes(graph),
      defaultLayer: view.defaultLayer,
      parameters: parameterCount(opened),
      activationBytes: network.graph.nodes.reduce((sum, node) => sum + 4 * keptSize(node), 0),
      origin: opened.origin,
      sidecar,
      fingerprint: opened.fingerprint,
      notes: [...opened.notes, ...labels.notes],
    };
    return { opened, constants, views: new Map([[view.key, view]]), info };
  } catch (error) {
    constants.dispose();
    throw error;
  }
}

/** The same network on the backend that is current now. */
export function placeAgain({ info, opened }: LoadedModel): LoadedModel {
  return placeLoaded(info.id, opened);
}

const viewKey = (output: string | undefined, keepActivation: boolean) =>
  `${keepActivation ? 'values' : 'scores'} of ${output ?? 'main'}`;

function viewOf(
  { opened, constants }: Pick<LoadedModel, 'opened' | 'constants'>,
  output: string | undefined,
  keepActivation: boolean,
): View {
  const graph = scoreGraph(opened.graph, output, keepActivation);
  const layers = explainableLayers(graph, opened.label);
  return {
    key: viewKey(output, keepActivation),
    network: networkOf(graph, constants),
    output: output ?? opened.graph.outputs[0].name,
    layers,
    defaultLayer: defaultLayer(graph, layers, output === undefined ? opened.sidecar : {}),
  };
}

/** What a request asks about, with the part of the network that this needs. */
export interface Aim {
  readonly view: View;
  readonly target: Target;
}

/** @throws AppError `bad-input` for an output that there is not, or that the target does not fit */
export function aimOf(loaded: LoadedModel, { output, target }: TargetRequest): Aim {
  const open = (keep: boolean): View => {
    const key = viewKey(output, keep);
    const view = loaded.views.get(key) ?? viewOf(loaded, output, keep);
    loaded.views.set(key, view);
    return view;
  };
  const view = open(target ? rowOf(target).keepsActivation : false);
  const { graph } = view.network;
  const end = graph.nodes[graph.scores];
  const asked = target ?? defaultTarget(end);
  const refusal = rowOf(asked).refusal(end, asked);
  if (refusal !== null) throw badInput(`${loaded.opened.label}: ${refusal}`);
  return { view, target: asked };
}

/** The view of the main output. */
export function mainView(loaded: LoadedModel): View {
  return loaded.views.get(viewKey(undefined, false)) as View;
}

function parameterCount({ graph: { constants } }: OpenedNetwork): number {
  const sizes = constants.map(({ shape, stored }) =>
    stored ? shape.reduce((a, b) => a * b, 1) : 0,
  );
  return sizes.reduce((a, b) => a + b, 0);
}
