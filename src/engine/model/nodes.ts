import type { NetworkNode } from '../../core/network/index.ts';
import type { OpId } from '../graph/operators.ts';
import type { Graph, Node, NodeId } from '../graph/types.ts';

/** Operators that, of one input, keep what its values stand for. */
const FOLLOWS: ReadonlySet<OpId> = new Set([
  ...(['activation', 'prelu', 'normalization', 'scaleShift', 'identity'] as const),
  ...(['arithmetic', 'where', 'softmax', 'unitLength', 'rmsNormalization'] as const),
]);

/**
 * The network as its user knows it, in forward order, as far as its outputs need it: parts of a layer are one with it,
 * and what depends on no input belongs to the weights of what takes it.
 */
export function networkNodes({ nodes, constants, outputs }: Graph): NetworkNode[] {
  const depends: boolean[] = [];
  for (const { op, inputs } of nodes)
    depends.push(op === 'input' || inputs.some((input) => depends[input]));

  const weights = nodes.map((node) => new Set(weightsOf(node)));
  for (const [id, { inputs }] of nodes.entries())
    for (const input of inputs)
      if (!depends[input]) for (const weight of weights[input]) weights[id].add(weight);

  const needed = new Set(outputs.map(({ node }) => node));
  for (let id = nodes.length - 1; id >= 0; id--)
    if (needed.has(id)) for (const input of nodes[id].inputs) needed.add(input);

  const wholes = layersOf(nodes);
  const isBox = (id: NodeId) => depends[id] && needed.has(id) && wholes[id] === id;
  const ids = nodes.map((_, id) => id).filter(isBox);
  const place = new Map(ids.map((id, at) => [id, at]));
  const parts = new Map<NodeId, NodeId[]>(ids.map((id) => [id, []]));
  for (const [id, whole] of wholes.entries()) if (depends[id]) parts.get(whole)?.push(id);

  return ids.map((id) => {
    const { name, declared, shape, op } = nodes[id];
    const own = parts.get(id) as NodeId[];
    const before = own.flatMap((part) => nodes[part].inputs.filter((input) => depends[input]));
    const inputs = new Set(before.map((input) => wholes[input]).filter((input) => input !== id));
    const used = new Set(own.flatMap((part) => [...weights[part]]));
    const sizes = [...used].map((weight) => constants[weight].shape.reduce((a, b) => a * b, 1));
    return {
      name,
      aliases: [...new Set([declared.node ?? name, ...(declared.aliases ?? [])])].filter(
        (alias) => alias !== name,
      ),
      kind: declared.kind,
      shape,
      parameters: sizes.reduce((a, b) => a + b, 0),
      inputs: [...inputs].map((input) => place.get(input) as number),
      follows: own.length === 1 && inputs.size === 1 && FOLLOWS.has(op),
    };
  });
}

const weightsOf = ({ weights }: Node) =>
  Object.values(weights as Record<string, number | undefined>).filter((id) => id !== undefined);

/** Of each node the last part of its layer; itself where another layer reads it. */
function layersOf(nodes: readonly Node[]): NodeId[] {
  const named = new Map(nodes.map(({ name }, id) => [name, id]));
  const wholes = nodes.map(({ partOf }, id) => (partOf === null ? id : (named.get(partOf) ?? id)));
  for (const [id, { inputs }] of nodes.entries())
    for (const input of inputs)
      if (wholes[input] !== wholes[id] && wholes[input] > id) wholes[input] = input;
  return wholes;
}
