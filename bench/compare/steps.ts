import { AppError } from '../../src/core/errors.ts';
import { tfl } from './layers.ts';

type Layer = tfl.layers.Layer;

/** One application of one layer; steps are in an order that can be executed, the input first. */
export interface Step {
  /** The layer's name; `outer/inner` inside a nested model, `name:1` for a second use. */
  readonly name: string;
  readonly layer: Layer;
  /** Steps whose outputs this one takes; empty for the input. */
  readonly inputs: readonly number[];
  /** Output shape without the batch; -1 where the model leaves a size open. */
  readonly shape: readonly number[];
}

/** How scores become probabilities. */
export type Link = 'softmax' | 'sigmoid';

/**
 * A layers model as a list of steps that ends at the class scores, that is, without the softmax. When a
 * step carries the softmax or sigmoid itself (`Dense` with an activation), it is `linearStep`: its
 * activation is to be left out.
 */
export interface Graph {
  readonly steps: readonly Step[];
  readonly linearStep: number | null;
  readonly link: Link;
}

/** Lists the steps of `model` from its input to its scores; throws for more than one in- or output. */
export function buildGraph(model: tfl.LayersModel, file: string): Graph {
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    throw new AppError(
      'unsupported',
      `${file}: the network has ${model.inputs.length} inputs and ${model.outputs.length} outputs; accepted: networks with one input and one output`,
    );
  }
  const steps: Step[] = [];
  const names = new Map<string, number>();

  function visit(tensor: tfl.SymbolicTensor, seen: Map<number, number>, prefix: string): number {
    const known = seen.get(tensor.id);
    if (known !== undefined) return known;
    const layer = tensor.sourceLayer;
    const node = layer.inboundNodes[tensor.nodeIndex];
    const isInput = layer.getClassName() === 'InputLayer';
    const inputs = isInput ? [] : node.inputTensors.map((input) => visit(input, seen, prefix));
    let index: number;
    if (layer instanceof tfl.LayersModel) {
      const inner = new Map(layer.inputs.map((input, i) => [input.id, inputs[i]]));
      const output = layer.outputs[node.outputTensors.indexOf(tensor)] ?? layer.outputs[0];
      index = visit(output, inner, `${prefix}${layer.name}/`);
    } else {
      const name = prefix + layer.name;
      const uses = names.get(name) ?? 0;
      names.set(name, uses + 1);
      index = steps.length;
      steps.push({
        name: uses === 0 ? name : `${name}:${uses}`,
        layer,
        inputs,
        shape: tensor.shape.slice(1).map((size) => size ?? -1),
      });
    }
    seen.set(tensor.id, index);
    return index;
  }

  visit(model.outputs[0], new Map(), '');
  return cutBeforeSoftmax(steps);
}

/** Only rearranges or hands through what it gets, as Keras' classifiers do after their softmax. */
const REARRANGES = /^(Reshape|Flatten|Dropout|ActivityRegularization)$/;

function cutBeforeSoftmax(steps: readonly Step[]): Graph {
  const feedsNext = (index: number) => steps[index + 1].inputs.join() === String(index);
  const isLink = (step: Step) => linkOf(step) !== undefined;
  let end = steps.length - 1;
  while (!isLink(steps[end]) && REARRANGES.test(steps[end].layer.getClassName()) && end > 0) {
    if (!feedsNext(end - 1)) break;
    end--;
  }
  const link = linkOf(steps[end]);
  if (link === undefined) {
    const single = steps[steps.length - 1].shape.at(-1) === 1;
    return { steps, linearStep: null, link: single ? 'sigmoid' : 'softmax' };
  }
  const kind = steps[end].layer.getClassName();
  if (kind !== 'Softmax' && kind !== 'Activation') return { steps, linearStep: end, link };
  // What follows the final softmax takes its input instead: the step visited just before it.
  const after = steps.slice(end + 1).map((step, i) => ({ ...step, inputs: [end - 1 + i] }));
  return { steps: [...steps.slice(0, end), ...after], linearStep: null, link };
}

function linkOf({ layer }: Step): Link | undefined {
  if (layer.getClassName() === 'Softmax') return 'softmax';
  const activation = activationName(layer);
  return activation === 'softmax' || activation === 'sigmoid' ? activation : undefined;
}

interface WithActivation {
  readonly activation?: { getClassName(): string } | null;
}

/** `relu`, `linear`, …; undefined for a layer without an activation. */
export function activationName(layer: Layer): string | undefined {
  return (layer as unknown as WithActivation).activation?.getClassName();
}
