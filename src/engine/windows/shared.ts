import type { OpId } from '../graph/operators.ts';
import type { Node, NodeId, NodeOf, ScoreGraph } from '../graph/types.ts';
import { windowOf } from '../ops/conv.ts';
import { spanOf } from '../ops/sliding.ts';

/**
 * How the elements of a value meet the voxels of the input: along an axis, element `e` depends on voxels
 * `[e * stride - before, e * stride + after]`.
 */
interface Footprint {
  readonly stride: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** The convolutional part of a network, which neighbouring windows share. */
export interface Shared extends Footprint {
  /** The last node of it. */
  readonly cut: NodeId;
  /** By node: whether it belongs to that part. */
  readonly inside: readonly boolean[];
  /** Elements of a window along z, y, x, and their channels. */
  readonly size: readonly [z: number, y: number, x: number];
  readonly channels: number;
}

const POINT: Footprint = { stride: [1, 1, 1], before: [0, 0, 0], after: [0, 0, 0] };

/**
 * Finds the part of a network whose values at a place depend on the voxels about it alone, wherever that is, and behind
 * which all the rest reads one value; null where there is no such part. Padding inside a window is not part of it: near
 * the faces of a window, values are those of the neighbourhood instead.
 */
export function sharedPart(graph: ScoreGraph): Shared | null {
  const { nodes } = graph;
  const input = graph.inputs[0];
  if (nodes[input].shape.length !== 4) return null;
  const footprints: (Footprint | null)[] = [];
  const varies: boolean[] = [];
  for (const [id, node] of nodes.entries()) {
    varies[id] = id === input || node.inputs.some((other) => varies[other]);
    footprints[id] = id === input ? POINT : footprintOf(graph, node, footprints, varies);
  }
  const inside = footprints.map((footprint) => footprint !== null);
  const frontier = new Set<NodeId>();
  for (const [id, node] of nodes.entries()) {
    if (inside[id] || !varies[id]) continue;
    for (const other of node.inputs) if (inside[other]) frontier.add(other);
  }
  if (inside[graph.scores] || frontier.size !== 1) return null;
  const [cut] = frontier;
  const { shape } = nodes[cut];
  if (cut === input) return null;
  const [z, y, x, channels] = shape;
  return { ...(footprints[cut] as Footprint), cut, inside, size: [z, y, x], channels };
}

/** Elementwise operators, the same at every place. */
const POINTWISE: ReadonlySet<OpId> = new Set(['identity', 'activation', 'scaleShift']);

function footprintOf(
  { nodes, constants }: ScoreGraph,
  node: Node,
  footprints: readonly (Footprint | null)[],
  varies: readonly boolean[],
): Footprint | null {
  if (node.shape.length !== 4) return null;
  const from = node.inputs.filter((id) => varies[id]);
  if (from.length === 0 || from.some((id) => footprints[id] === null)) return null;
  const [first, ...others] = from.map((id) => footprints[id] as Footprint);
  const together = () =>
    others.every(({ stride }) => stride.every((n, axis) => n === first.stride[axis]))
      ? {
          stride: first.stride,
          before: first.before.map((n, a) => Math.max(n, ...others.map((o) => o.before[a]))),
          after: first.after.map((n, a) => Math.max(n, ...others.map((o) => o.after[a]))),
        }
      : null;
  const { op } = node;
  if (POINTWISE.has(op)) return first;
  if (op === 'conv') return slid(first, windowOf(constants[node.weights.kernel].shape), node);
  if (op === 'maxPool' || op === 'averagePool') return slid(first, node.attributes.window, node);
  if (op === 'prelu') return isPerChannel(constants[node.weights.slope].shape) ? first : null;
  if (op === 'arithmetic') {
    const fits = node.inputs.every((id) =>
      varies[id] ? nodes[id].shape.length === 4 : isPerChannel(nodes[id].shape),
    );
    return fits ? together() : null;
  }
  if (op === 'concat')
    return node.attributes.axis === 3 && from.length === node.inputs.length ? together() : null;
  return null;
}

/** Whether something is the same at all places. */
const isPerChannel = (shape: readonly number[]) => shape.slice(0, -1).every((n) => n === 1);

function slid(
  { stride, before, after }: Footprint,
  window: readonly number[],
  { attributes }: NodeOf<'conv'> | NodeOf<'maxPool'> | NodeOf<'averagePool'>,
): Footprint {
  const { strides, dilations, pads } = attributes;
  return {
    stride: stride.map((n, axis) => n * strides[axis]),
    before: before.map((n, axis) => n + pads[axis][0] * stride[axis]),
    after: after.map(
      (n, axis) => n + (spanOf(window[axis], dilations[axis]) - 1 - pads[axis][0]) * stride[axis],
    ),
  };
}
