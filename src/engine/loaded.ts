import { AppError, badFile, badInput } from '../core/errors.ts';
import { type Target, targetCount, type TargetRequest } from '../core/target/index.ts';
import { keptSize, type Network, networkOf } from './explain/network.ts';
import { type PlacedConstants, placeConstants } from './graph/place.ts';
import { scoreGraph } from './graph/scores.ts';
import { classNames, defaultLayer, explainableLayers, outputsOf } from './model/describe.ts';
import { fittingLabels } from './model/labels.ts';
import { networkNodes } from './model/nodes.ts';
import { rewrittenParts } from './model/rewritten.ts';
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
  /** Reads a network again of which the numbers were not kept; null where they were. */
  readonly reopen: Reopen | null;
  readonly constants: PlacedConstants;
  /** Of the main output without its final activation first; others as they are asked for. */
  readonly views: Map<string, View>;
  readonly info: ModelInfo;
}

export type Reopen = () => Promise<OpenedNetwork>;

/** From so many weights on, they are not kept beside those on the backend where they can be read again. */
const MANY_WEIGHTS = 2 ** 24;

/** The network without its file: what it weighs stands on the backend alone. */
function withoutNumbers(opened: OpenedNetwork): OpenedNetwork {
  const values = () => {
    throw new AppError('internal', `the weights of ${opened.label} were not kept`);
  };
  const { graph } = opened;
  const constants = graph.constants.map((constant) => ({ ...constant, values }));
  return { ...opened, graph: { ...graph, constants } };
}

/** Places a network on the current backend; with `again`, one of many weights is read again for the next backend. */
export function placeLoaded(
  id: string,
  read: OpenedNetwork,
  { onProgress }: TaskOptions = {},
  again: Reopen | null = null,
): LoadedModel {
  onProgress?.({ stage: 'Building the network' });
  const constants = placeConstants(read.graph, read.label);
  const reopen = parameterCount(read) >= MANY_WEIGHTS ? again : null;
  const opened = reopen ? withoutNumbers(read) : read;
  const { graph, sidecar, sidecarName } = opened;
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
      rewritten: rewrittenParts(graph),
      notes: [...opened.notes, ...labels.notes],
    };
    return { opened, reopen, constants, views: new Map([[view.key, view]]), info };
  } catch (error) {
    constants.dispose();
    throw error;
  }
}

/** A network with its numbers, read again where they were not kept. */
export async function withNumbers({ opened, reopen }: LoadedModel): Promise<OpenedNetwork> {
  if (!reopen) return opened;
  const again = await reopen();
  if (again.fingerprint !== opened.fingerprint)
    throw badFile(opened.label, 'it has changed since it was opened', 'the file as it was');
  return again;
}

/** The same network on the backend that is current now. */
export async function placeAgain(loaded: LoadedModel): Promise<LoadedModel> {
  return placeLoaded(loaded.info.id, await withNumbers(loaded), {}, loaded.reopen);
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
