import { badInput } from '../core/errors.ts';
import type { LoadedModel } from './loaded.ts';
import type { Question } from './explain/explain.ts';
import type { NodeId, OutputActivation } from './graph/types.ts';
import type { ExplainRequest } from './types.ts';

/** Checks the volume of a request against the network; below this nothing is optional. */
export function checkInput(
  { info }: LoadedModel,
  { input, inputShape }: Pick<ExplainRequest, 'input' | 'inputShape'>,
): void {
  const fits =
    inputShape.length === info.inputShape.length &&
    info.inputShape.every((size, axis) => size === inputShape[axis]);
  if (!fits) {
    throw badInput(
      `the input has shape [${inputShape}]; accepted by ${info.title}: [${info.inputShape}]`,
    );
  }
  const voxels = inputShape.reduce((a, b) => a * b, 1);
  if (input.length !== voxels) {
    throw badInput(
      `the input holds ${input.length} values; its shape [${inputShape}] needs ${voxels}`,
    );
  }
  const bad = input.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw badInput(`the input holds ${input[bad]} at index ${bad}; accepted: finite numbers`);
  }
}

/** The nodes that a request names. */
export function toNodes(
  { network, info }: LoadedModel,
  { layers }: Pick<ExplainRequest, 'layers'>,
): NodeId[] {
  const names =
    layers === 'all'
      ? info.layers.map(({ name }) => name)
      : layers === 'default'
        ? [info.defaultLayer]
        : layers;
  return names.map((name) => {
    const known = info.layers.find((layer) => layer.name === name);
    const layer =
      known ??
      (name === 'input' && info.layers[0].kind === 'InputLayer' ? info.layers[0] : undefined);
    if (!layer) {
      const accepted = info.layers.map((l) => l.name).join(', ');
      throw badInput(`unknown layer '${name}'; accepted: ${accepted}`);
    }
    return network.graph.nodes.findIndex((node) => node.name === layer.name);
  });
}

/** Turns names and wishes into node and class numbers, these for each of some volumes. */
export function toQuestion(
  loaded: LoadedModel,
  request: Pick<ExplainRequest, 'layers' | 'classes' | 'methods'>,
  volumes: readonly { readonly scores: Float32Array }[],
): Question {
  const { classes, methods } = request;
  const asked = volumes.map(({ scores }) =>
    classes === 'all' ? [...scores.keys()] : classes === 'top' ? [argmax(scores)] : [...classes],
  );
  const count = classCount(loaded);
  for (const index of asked.flat()) {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw badInput(`unknown class ${index}; accepted: 0 to ${count - 1}`);
    }
  }
  return { nodes: toNodes(loaded, request), classes: asked, methods };
}

/** How many classes a request asks for. */
export function countClasses(
  loaded: LoadedModel,
  { classes }: Pick<ExplainRequest, 'classes'>,
): number {
  return classes === 'all' ? classCount(loaded) : classes === 'top' ? 1 : classes.length;
}

const classCount = ({ network: { graph } }: LoadedModel) => graph.nodes[graph.scores].shape[0];

export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/**
 * What the activation that was left out makes of the scores, without overflow; for a network without one, a softmax, or
 * a sigmoid where there is one score.
 */
export function toProbabilities(
  scores: Float32Array,
  activation: OutputActivation | null,
): Float32Array {
  if ((activation ?? (scores.length === 1 ? 'sigmoid' : 'softmax')) === 'sigmoid')
    return scores.map((score) => 1 / (1 + Math.exp(-score)));
  const top = scores[argmax(scores)];
  const powers = Array.from(scores, (score) => Math.exp(score - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / total);
}
