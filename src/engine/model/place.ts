import { AppError, badFile, sentence } from '../../core/errors.ts';
import { registerLayers } from '../layers/index.ts';
import { tf, tfl } from '../tf.ts';
import type { ModelArtifacts } from './artifacts.ts';
import { buildGraph, type Graph } from './graph.ts';

/** A network on the current backend. */
export interface PlacedModel {
  readonly model: tfl.LayersModel;
  readonly graph: Graph;
}

/** Builds the layers and uploads the weights; throws a sentence for what cannot be used. */
export async function placeModel(artifacts: ModelArtifacts): Promise<PlacedModel> {
  const { label, topology, weightSpecs, weightData } = artifacts;
  registerLayers();
  let model: tfl.LayersModel;
  try {
    model = await tfl.loadLayersModel(
      tf.io.fromMemory({ modelTopology: topology, weightSpecs, weightData }),
    );
  } catch (error) {
    throw explain(label, error);
  }
  try {
    rejectChannelsFirst(model, label);
    return { model, graph: buildGraph(model, label) };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function rejectChannelsFirst(model: tfl.LayersModel, label: string): void {
  const first = model.layers.find(
    (layer) => (layer as unknown as { dataFormat?: string }).dataFormat === 'channelsFirst',
  );
  if (first) {
    throw new AppError(
      'unsupported',
      `${label}: layer ${first.name} keeps its channels first; accepted: channels last`,
    );
  }
}

function explain(label: string, error: unknown): AppError {
  const text = sentence(error);
  const layer = /Unknown layer: (\S+?)\.? /.exec(`${text} `)?.[1];
  if (layer) {
    return new AppError(
      'unsupported',
      `${label}: layer class ${layer} is not supported; accepted: the layers of TensorFlow.js, 3D batch normalisation, global pooling and upsampling, and group normalisation`,
      { cause: error },
    );
  }
  if (/no target variable|weights are not set|weight data|shape mismatch/i.test(text)) {
    return badFile(
      label,
      `the weights do not fit the network (${text})`,
      'the weights written with this model.json',
    );
  }
  return badFile(label, `the network could not be built (${text})`, 'a TensorFlow.js layers model');
}
