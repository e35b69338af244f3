import { AppError } from '../../core/errors.ts';
import { tfl } from '../tf.ts';

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
 * A layers model as a list of steps that ends at the class scores, that is, before the softmax. When
 * the last step carries the softmax or sigmoid itself (`Dense` with an activation), `linearLast` says
 * that its activation is to be left out.
 */
export interface Graph {
  readonly steps: readonly Step[];
  readonly linearLast: boolean;
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

function cutBeforeSoftmax(steps: readonly Step[]): Graph {
  const last = steps[steps.length - 1];
  const kind = last.layer.getClassName();
  const activation = activationName(last.layer);
  const link = kind === 'Softmax' ? 'softmax' : activation;
  if (link !== 'softmax' && link !== 'sigmoid') {
    return { steps, linearLast: false, link: last.shape.at(-1) === 1 ? 'sigmoid' : 'softmax' };
  }
  const separate = kind === 'Softmax' || kind === 'Activation';
  // Everything but the final softmax; its input is the step visited just before it.
  return separate
    ? { steps: steps.slice(0, -1), linearLast: false, link }
    : { steps, linearLast: true, link };
}

interface WithActivation {
  readonly activation?: { getClassName(): string } | null;
}

/** `relu`, `linear`, …; undefined for a layer without an activation. */
export function activationName(layer: Layer): string | undefined {
  return (layer as unknown as WithActivation).activation?.getClassName();
}
