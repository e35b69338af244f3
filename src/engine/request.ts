import { badInput } from '../core/errors.ts';
import { nodeNamed } from './graph/named.ts';
import type { NodeId, OutputActivation } from './graph/types.ts';
import type { Aim, LoadedModel } from './loaded.ts';
import { unmappable } from './model/describe.ts';
import { targetCount } from '../core/target/index.ts';
import type { ExplainRequest } from './types.ts';

/** Checks the volume of a request against the network; below this nothing is optional. */
export function checkInput(
  { info }: Pick<LoadedModel, 'info'>,
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
  let bad = 0;
  while (bad < input.length && Number.isFinite(input[bad])) bad++;
  if (bad < input.length) {
    throw badInput(`the input holds ${input[bad]} at index ${bad}; accepted: finite numbers`);
  }
}

/** The nodes that a request names: layers that are offered, and any other value or node of the network. */
export function toNodes({ view }: Pick<Aim, 'view'>, layers: ExplainRequest['layers']): NodeId[] {
  const { graph } = view.network;
  const names =
    layers === 'all'
      ? view.layers.map(({ name }) => name)
      : layers === 'default'
        ? [view.defaultLayer]
        : layers;
  return names.map((name) => {
    let id = nodeNamed(graph.nodes, name);
    if (id < 0 && name === 'input') [id] = graph.inputs;
    const accepted = view.layers.map((layer) => layer.name).join(', ');
    if (id < 0) {
      const why =
        nodeNamed(graph.unread, name) < 0
          ? `unknown layer '${name}'`
          : `these scores do not read layer '${name}': it leads to another output, or is a step that is computed together with others, as those of a norm`;
      throw badInput(`${why}; accepted: ${accepted}`);
    }
    const problem = unmappable(graph.nodes[id]);
    if (problem !== null)
      throw badInput(`no map can be drawn on layer '${name}': ${problem}; accepted: ${accepted}`);
    return id;
  });
}

/** The classes that a request asks for, of each of some volumes. */
export function toClasses(
  aim: Aim,
  classes: ExplainRequest['classes'],
  scores: readonly Float32Array[],
): (readonly number[])[] {
  const asked = scores.map((own) =>
    classes === 'all' ? [...own.keys()] : classes === 'top' ? [argmax(own)] : [...classes],
  );
  const count = classCount(aim);
  for (const index of asked.flat()) {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw badInput(`unknown class ${index}; accepted: 0 to ${count - 1}`);
    }
  }
  return asked;
}

/** How many classes a request asks for. */
export function countClasses(aim: Aim, classes: ExplainRequest['classes']): number {
  return classes === 'all' ? classCount(aim) : classes === 'top' ? 1 : classes.length;
}

function classCount({ view, target }: Aim): number {
  const { graph } = view.network;
  return targetCount(target, graph.nodes[graph.scores].shape);
}

export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** What the activation that was left out makes of the scores, without overflow. */
export function toProbabilities(scores: Float32Array, activation: OutputActivation): Float32Array {
  if (activation === 'sigmoid') return scores.map((score) => 1 / (1 + Math.exp(-score)));
  const top = scores[argmax(scores)];
  const powers = Array.from(scores, (score) => Math.exp(score - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / total);
}
