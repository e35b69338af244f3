import type { Node } from '../graph/types.ts';
import {
  insideRegion,
  type Region,
  type Target,
  type TargetKind,
} from '../../core/target/index.ts';
import type { Statistics } from '../ops/op.ts';

/** The output of one volume: the values of its node, channels last. */
export interface OutputOf {
  readonly node: Node;
  readonly values: Float32Array;
}

type TargetOf<K extends TargetKind> = Extract<Target, { kind: K }>;

/** What the numbers of a target are. */
export interface TargetRow<K extends TargetKind> {
  /** Whether a final softmax or sigmoid stays in. */
  readonly keepsActivation: boolean;
  /**
   * Whether the number is linear in the output once its voxels are chosen, as they are for the volume itself: then its
   * derivative gives it for other inputs.
   */
  readonly linear: boolean;
  /** What of this output keeps the target from being asked for; null where nothing does. */
  refusal(node: Node, target: TargetOf<K>): string | null;
  /** The number that is explained, of every class. */
  scores(output: OutputOf, target: TargetOf<K>): Float32Array;
  /**
   * Its derivative for the output's values, written into `seed`, which is zero. With frozen statistics lengths of vectors
   * count as constants, as in the network.
   */
  seed(
    output: OutputOf,
    target: TargetOf<K>,
    index: number,
    seed: Float32Array,
    statistics: Statistics,
  ): void;
  /** The class of each voxel, `1 + class`; 0 where none decides for itself. */
  labels?(output: OutputOf): Uint16Array;
  /** Voxels that are added up, of every class. */
  voxels?(output: OutputOf, target: TargetOf<K>): number[];
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const shapeText = ({ shape }: Node) => `[${shape.join(', ')}]`;

function vectorOnly(node: Node): string | null {
  return node.shape.length === 1
    ? null
    : `the output ${node.name} has shape ${shapeText(node)}; accepted: a vector, one number per class`;
}

const classOf: TargetRow<'class'> = {
  keepsActivation: false,
  linear: true,
  refusal: vectorOnly,
  scores: ({ values }) => values.slice(),
  seed: (_, _target, index, seed) => {
    seed[index] = 1;
  },
};

const difference: TargetRow<'difference'> = {
  keepsActivation: false,
  linear: true,
  refusal(node, { against }) {
    const count = node.shape[0];
    const known = Number.isInteger(against) && against >= 0 && against < count;
    return (
      vectorOnly(node) ??
      (known ? null : `unknown class ${against} to compare with; accepted: 0 to ${count - 1}`)
    );
  },
  scores: ({ values }, { against }) => values.map((score) => score - values[against]),
  seed: (_, { against }, index, seed) => {
    seed[index] += 1;
    seed[against] -= 1;
  },
};

/** Where entry `index`, counted as the file declares the value, lies among the values with channels last. */
function placeOf({ shape, declared }: Node, index: number): number {
  if (declared.layout !== 'channels-first' || shape.length < 2) return index;
  const channels = shape[shape.length - 1];
  const voxels = sizeOf(shape) / channels;
  return (index % voxels) * channels + Math.floor(index / voxels);
}

const value: TargetRow<'value'> = {
  keepsActivation: true,
  linear: true,
  refusal: () => null,
  scores: ({ node, values }) => values.map((_, index) => values[placeOf(node, index)]),
  seed: ({ node }, _target, index, seed) => {
    seed[placeOf(node, index)] = 1;
  },
};

/** Calls `use` for each voxel of a region and each class that counts there. */
function eachVoxel(output: OutputOf, region: Region, use: (voxel: number, index: number) => void) {
  const { node, values } = output;
  if (region.kind === 'predicted' && !isAlone(node)) {
    const labels = labelsOf(output);
    for (let voxel = 0; voxel < labels.length; voxel++) use(voxel, labels[voxel] - 1);
    return;
  }
  const space = node.shape.slice(0, -1);
  const classes = node.shape[space.length];
  const count = sizeOf(space);
  for (let index = 0; index < classes; index++) {
    const inside = insideRegion(region, space, (voxel) => values[voxel * classes + index] > 0);
    for (let voxel = 0; voxel < count; voxel++) if (inside(voxel)) use(voxel, index);
  }
}

/** Whether each class decides by itself, by a score above 0. */
const isAlone = ({ shape, declared }: Node) => declared.independent ?? shape.at(-1) === 1;

/** By values: the class of each voxel. */
const known = new WeakMap<Float32Array, Uint16Array>();

/** The class with the largest score of each voxel, the first of equals, `1 + class`; 0 where none decides for itself. */
function labelsOf({ node, values }: OutputOf): Uint16Array {
  const before = known.get(values);
  if (before) return before;
  const classes = node.shape[node.shape.length - 1];
  const labels = new Uint16Array(values.length / classes);
  const alone = isAlone(node);
  for (let v = 0, at = 0; v < labels.length; v++, at += classes) {
    let best = 0;
    let most = values[at];
    for (let c = 1; c < classes && !Number.isNaN(most); c++) {
      const score = values[at + c];
      // What is not a number wins, so that it is noticed.
      if (score <= most) continue;
      best = c;
      most = score;
    }
    labels[v] = alone && !(most > 0) ? 0 : best + 1;
  }
  known.set(values, labels);
  return labels;
}

function regionRefusal(node: Node, region: Region): string | null {
  const space = node.shape.slice(0, -1);
  const axes = space.length === 3 ? 'z, y, x' : 'y, x';
  const wrong = (what: string) =>
    `the ${region.kind} does not fit the output ${node.name} of ${space.join(' x ')} voxels; accepted: ${what}`;
  if (region.kind === 'mask' && region.voxels.length !== sizeOf(space))
    return wrong(`a mask of ${space.join(' x ')} voxels`);
  if (region.kind === 'ball') {
    const inside =
      region.centre.length === space.length &&
      region.centre.every((at, axis) => at > -1 && at < space[axis]) &&
      region.radius >= 0;
    if (!inside) return wrong(`a centre ${axes} inside it and a radius`);
  }
  if (region.kind === 'box') {
    const { from, to } = region;
    const inside =
      from.length === space.length &&
      to.length === space.length &&
      from.every((at, axis) => at >= 0 && at < to[axis] && to[axis] <= space[axis]);
    if (!inside) return wrong(`the first voxel ${axes} and the one behind the last`);
  }
  return null;
}

const segmentation: TargetRow<'segmentation'> = {
  keepsActivation: false,
  linear: true,
  refusal(node, { region }) {
    if (node.shape.length < 3) {
      return `the output ${node.name} has shape ${shapeText(node)}; accepted: an output in space, a score of each class for each voxel`;
    }
    if (node.declared.layout === null)
      return `the output ${node.name} has no clear axis of classes; accepted: an output in space with one`;
    return regionRefusal(node, region);
  },
  scores(output, { region }) {
    const classes = output.node.shape[output.node.shape.length - 1];
    const sums = new Float64Array(classes);
    eachVoxel(output, region, (voxel, index) => {
      sums[index] += output.values[voxel * classes + index];
    });
    return Float32Array.from(sums);
  },
  seed(output, { region }, asked, seed) {
    const classes = output.node.shape[output.node.shape.length - 1];
    eachVoxel(output, region, (voxel, index) => {
      if (index === asked) seed[voxel * classes + index] = 1;
    });
  },
  labels: (output) => labelsOf(output).slice(),
  voxels(output, { region }) {
    const counts = new Array<number>(output.node.shape[output.node.shape.length - 1]).fill(0);
    eachVoxel(output, region, (_, index) => counts[index]++);
    return counts;
  },
};

function cosine(a: Float32Array, b: Float32Array) {
  let dot = 0;
  let own = 0;
  let other = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    own += a[i] * a[i];
    other += b[i] * b[i];
  }
  return { cosine: dot / Math.sqrt(own * other), lengths: Math.sqrt(own * other), own };
}

const similarity: TargetRow<'similarity'> = {
  keepsActivation: true,
  linear: false,
  refusal(node, { reference }) {
    const size = sizeOf(node.shape);
    if (reference.length === 0 || reference.length % size !== 0)
      return `the reference holds ${reference.length} numbers, the output ${node.name} ${size}; accepted: a vector of ${size}`;
    const aimless = partsOf(reference, size).some(
      (part) => !part.every(Number.isFinite) || part.every((one) => one === 0),
    );
    return aimless
      ? 'the reference has no direction; accepted: finite numbers that are not all 0'
      : null;
  },
  scores: ({ node, values }, { reference }) =>
    Float32Array.from(
      partsOf(reference, values.length),
      (part) => cosine(values, inPlace(node, part)).cosine,
    ),
  seed({ node, values }, { reference }, index, seed, statistics) {
    const other = inPlace(node, partsOf(reference, values.length)[index]);
    const { cosine: c, lengths, own } = cosine(values, other);
    const change = statistics === 'frozen' ? 0 : c / own;
    for (let i = 0; i < seed.length; i++) seed[i] = other[i] / lengths - change * values[i];
  },
};

/** References that lie one after the other. */
function partsOf(reference: Float32Array, size: number): Float32Array[] {
  return Array.from({ length: reference.length / size }, (_, i) =>
    reference.subarray(i * size, (i + 1) * size),
  );
}

/** A reference in the order of the file as the node's values lie. */
function inPlace(node: Node, reference: Float32Array): Float32Array {
  const placed = new Float32Array(reference.length);
  for (const [index, one] of reference.entries()) placed[placeOf(node, index)] = one;
  return placed;
}

export const TARGETS: { readonly [K in TargetKind]: TargetRow<K> } = {
  class: classOf,
  difference,
  value,
  segmentation,
  similarity,
};

/** The row of a target, which takes it. */
export function rowOf(target: Target): TargetRow<TargetKind> {
  return TARGETS[target.kind] as unknown as TargetRow<TargetKind>;
}

/** The target of an output where none is asked for. */
export function defaultTarget({ shape }: Pick<Node, 'shape'>): Target {
  return shape.length === 1
    ? { kind: 'class' }
    : { kind: 'segmentation', region: { kind: 'predicted' } };
}
