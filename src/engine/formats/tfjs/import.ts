import type { ModelArtifacts } from '../../model/artifacts.ts';
import type { Graph } from '../../graph/types.ts';
import { kerasGraph } from '../keras/build.ts';
import { manifestWeights } from './weights.ts';

/** The network of a TensorFlow.js layers model. */
export function tfjsGraph(
  { topology, weightSpecs, weightData, label }: ModelArtifacts,
  inputShape?: readonly number[],
): Graph {
  return kerasGraph(topology, manifestWeights(weightSpecs, weightData), label, [inputShape]);
}
