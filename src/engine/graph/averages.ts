import type { OpId } from './operators.ts';
import type { Node, NodeId, NodeOf, ScoreGraph, Shape } from './types.ts';

/** A map as it came, or one number for each of its channels. */
type Form = 'map' | 'averages';

/** What an operator makes of a form; null for what is no sum of averages afterwards. */
type Step<K extends OpId> = (node: NodeOf<K>, input: Shape, form: Form) => Form | null;

const space = (shape: Shape) => shape.slice(0, -1);
const voxels = (shape: Shape) => space(shape).reduce((a, b) => a * b, 1);
/** Linear, over all that it is given. */
const linear = (_node: unknown, _input: Shape, form: Form) => (form === 'averages' ? form : null);

const STEPS: { readonly [K in OpId]?: Step<K> } = {
  identity: (_node, _input, form) => form,
  scaleShift: linear,
  reduce: ({ attributes: { reduction, axes } }, input, form) => {
    const whole = space(input).every((_, axis) => axes.includes(axis));
    const alone = !axes.includes(input.length - 1);
    const sums = reduction === 'mean' || reduction === 'sum';
    return form === 'map' && whole && alone && sums ? 'averages' : null;
  },
  averagePool: ({ attributes: { window }, shape }, input, form) => {
    const whole = space(input).every((size, axis) => window[axis] === size);
    return form === 'map' && whole && voxels(shape) === 1 ? 'averages' : null;
  },
  reshape: linear,
  transpose: linear,
  dense: linear,
  conv: ({ shape }, input, form) => (voxels(input) === 1 && voxels(shape) === 1 ? form : null),
};

/**
 * The first node that keeps the scores from being a linear function of the averages over space of the value of
 * `target` and of nothing else; null where they are one.
 */
export function averagesEndAt({ nodes, scores }: ScoreGraph, target: NodeId): Node | null {
  const forms = new Map<NodeId, Form>([[target, 'map']]);
  for (let id = target + 1; id <= scores; id++) {
    const node = nodes[id];
    const [input] = node.inputs;
    const form = forms.get(input);
    const read = node.inputs.filter((one) => forms.has(one));
    if (read.length === 0) continue;
    const step = STEPS[node.op] as Step<OpId> | undefined;
    const next =
      form && step && node.inputs.length === 1
        ? step(node as NodeOf<OpId>, nodes[input].shape, form)
        : null;
    if (!next) return node;
    forms.set(id, next);
  }
  return forms.get(scores) === 'averages' ? null : nodes[scores];
}
