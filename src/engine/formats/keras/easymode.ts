import { AppError, badFile } from '../../../core/errors.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import type { Attributes, OpId, Sizes, Weights } from '../../graph/operators.ts';
import type { ConstantId, Graph, NodeId } from '../../graph/types.ts';
import type { ModelSidecar } from '../../model/sidecar.ts';
import { samePads } from '../../ops/sliding.ts';
import type { Settings } from '../settings.ts';
import { type Hdf5Array, type Hdf5Tree, textsOf } from './hdf5.ts';

const ACCEPTED = 'the weights of one of easymode’s segmentation networks, as the tool wrote them';
/** What graphs of these networks are called. */
export const EASYMODE = 'easymode';
/** Of Keras' batch and group norm. */
const EPSILON = 1e-3;
const MOST_GROUPS = 8;

/** Whether a file of weights without an architecture is one of easymode's U-Nets. */
export function isEasymode({ attributes }: Hdf5Tree): boolean {
  return ['encoder_0', 'encoder_1', 'decoder_0', 'output'].every((group) => attributes.has(group));
}

/**
 * The U-Nets of easymode (unet-membrain, unet-easymode and their variants, the denoisers), from the shapes of their weights: levels,
 * widths, shortcuts with a convolution, batch or group norm.
 * @param space `[z, y, x]`
 * @throws AppError `bad-file`, `unsupported`, `bad-input`
 */
export function easymodeGraph(tree: Hdf5Tree, file: string, space: Sizes | undefined): Graph {
  const network = new Easymode(tree, file);
  if (!space)
    throw new AppError(
      'unsupported',
      `${file}: the network takes volumes of many sizes, so a volume has to be there first; accepted: a volume opened before it`,
    );
  return network.build(space);
}

/** What the tool does to a volume, by the file that it writes beside the weights. */
export function easymodeFacts(
  config: Settings,
  graph: Graph,
  feature: string,
): { readonly facts: ModelSidecar; readonly notes: readonly string[] } {
  const apix = config.at('apix').number() ?? 0;
  const along = config.at('apix_z').number() ?? apix;
  const name = feature.slice(0, 200);
  const { shape } = graph.nodes[graph.outputs[0].node];
  return {
    facts: {
      title: 'easymode',
      ...(shape.at(-1) === 1 && name !== '' && { classes: [name] }),
      normalization: 'zscore',
      contrast: 'dark',
      tiling: {
        tile: [160, 160, 160],
        overlap: 96,
        blending: 'crop',
        mirror: [0, 1, 2],
        exchange: [1, 2],
      },
      ...(apix >= 0.05 && apix === along && { voxelSize: apix }),
    },
    notes:
      apix === along
        ? []
        : [
            `It was trained at voxels of ${apix} Å in the plane of the slices and ${along} Å along z: a volume of others has to be resampled to these before it is opened.`,
          ],
  };
}

interface Norm {
  readonly name: string;
  readonly gamma: Hdf5Array;
  readonly beta: Hdf5Array;
  /** Null for a group norm. */
  readonly statistics: readonly [mean: Hdf5Array, variance: Hdf5Array] | null;
}

interface Kernel {
  readonly name: string;
  readonly array: Hdf5Array;
}

/** Convolutions and norms of a block in the order in which they were made: one norm per convolution. */
interface Block {
  readonly kernels: Kernel[];
  readonly norms: Norm[];
}

class Easymode {
  private readonly graph: GraphBuilder;

  constructor(
    private readonly tree: Hdf5Tree,
    private readonly file: string,
  ) {
    this.graph = new GraphBuilder(file, EASYMODE);
  }

  build(space: Sizes): Graph {
    const levels = this.count('encoder');
    const ups = this.count('decoder');
    const multiple = 2 ** ups;
    const sides = space.map((n) => Math.max(1, Math.floor(n / multiple)) * multiple);
    const first = this.block('encoder_0').kernels[0].array.dims[3];
    const input = this.graph.input('input', [...sides, first], {
      kind: 'InputLayer',
      open: true,
    });
    let x = input;
    const skips: NodeId[] = [];
    for (let i = 0; i < levels; i++) {
      x = this.encode(`encoder_${i}`, x, i > 0);
      skips.push(x);
    }
    for (let i = 0; i < ups; i++) x = this.decode(`decoder_${i}`, x, skips[levels - 2 - i]);
    this.graph.output('output', this.last(x, input));
    return this.graph.finish();
  }

  private count(kind: string): number {
    let n = 0;
    while (this.tree.attributes.has(`${kind}_${n}`)) n++;
    return n;
  }

  private encode(name: string, given: NodeId, halves: boolean): NodeId {
    const block = this.block(name);
    let x = given;
    if (halves)
      x = this.relu(
        this.normed(name, this.conv(name, x, block.kernels.shift(), 2), block.norms.shift()),
      );
    return this.residual(name, x, block);
  }

  private decode(name: string, x: NodeId, skip: NodeId): NodeId {
    const block = this.block(name);
    const { array, name: at } = this.present(name, block.kernels.shift());
    const strides = array.dims.slice(0, 3);
    const attributes = {
      strides,
      dilations: [1, 1, 1],
      pads: strides.map(() => [0, 0] as const),
      groups: 1,
    };
    const up = this.add(
      'convTranspose',
      attributes,
      { kernel: this.weight(at, array) },
      [x],
      at,
      'Conv3DTranspose',
    );
    const active = this.relu(this.normed(name, up, block.norms.shift()));
    const joined = this.add(
      'concat',
      { axis: 3 },
      {},
      [active, skip],
      `${name}/concat`,
      'Concatenate',
    );
    return this.residual(name, joined, block);
  }

  /** Two convolutions; the one of the shortcut was made last. */
  private residual(name: string, x: NodeId, { kernels, norms }: Block): NodeId {
    const [one, two, three] = kernels;
    const inner = this.relu(this.normed(name, this.conv(name, x, one), norms[0]));
    const outer = this.normed(name, this.conv(name, inner, two), norms[1]);
    const shortcut = three ? this.normed(name, this.conv(name, x, three), norms[2]) : x;
    const sum = this.add(
      'arithmetic',
      { kind: 'add' },
      {},
      [outer, shortcut],
      `${name}/add`,
      'Add',
    );
    return this.add('activation', { kind: 'relu' }, {}, [sum], name, 'ReLU');
  }

  /** A probability; of the denoisers (n2n, ddw, iso), whose last convolution has no bias, the volume less its noise. */
  private last(x: NodeId, input: NodeId): NodeId {
    const names = this.names('output');
    const kernel = this.array(
      'output',
      names.find((name) => name.includes('kernel')),
    );
    const bias = names.find((name) => name.includes('bias'));
    const attributes = {
      strides: [1, 1, 1],
      dilations: [1, 1, 1],
      pads: kernel.dims.slice(0, 3).map(() => [0, 0] as const),
      groups: 1,
    };
    const weights = {
      kernel: this.weight('output/kernel', kernel),
      ...(bias !== undefined && { bias: this.weight('output/bias', this.array('output', bias)) }),
    };
    if (bias === undefined) {
      const noise = this.add('conv', attributes, weights, [x], 'output', 'Conv3D');
      const kind = 'subtract' as const;
      return this.add('arithmetic', { kind }, {}, [input, noise], 'denoised', 'Subtract');
    }
    const logit = this.graph.add('conv', attributes, weights, {
      ...{ name: 'output (part 1)', inputs: [x], partOf: 'output' },
      declared: { kind: 'Conv3D' },
    });
    return this.add('activation', { kind: 'sigmoid' }, {}, [logit], 'output', 'Conv3D');
  }

  private conv(block: string, x: NodeId, given: Kernel | undefined, stride = 1): NodeId {
    const { array, name } = this.present(block, given);
    const window = array.dims.slice(0, 3);
    const strides = window.map(() => stride);
    const dilations = window.map(() => 1);
    const pads = samePads(this.graph.shapeOf(x).slice(0, 3), window, strides, dilations);
    return this.add(
      'conv',
      { strides, dilations, pads, groups: 1 },
      { kernel: this.weight(name, array) },
      [x],
      name,
      'Conv3D',
    );
  }

  private normed(block: string, x: NodeId, given: Norm | undefined): NodeId {
    const { name, gamma, beta, statistics } = this.present(block, given);
    const channels = this.graph.shapeOf(x)[3];
    if ([gamma, beta, ...(statistics ?? [])].some(({ dims }) => dims.join() !== `${channels}`))
      throw badFile(this.file, `${name} has not ${channels} numbers`, ACCEPTED);
    if (!statistics) {
      const groups = Math.min(MOST_GROUPS, channels);
      if (channels % groups !== 0)
        throw badFile(
          this.file,
          `${name} cuts ${channels} channels into ${groups} groups`,
          ACCEPTED,
        );
      const attributes = { axes: [0, 1, 2, 3], groups, epsilon: EPSILON };
      const weights = {
        scale: this.weight(`${name}/gamma`, gamma),
        shift: this.weight(`${name}/beta`, beta),
      };
      return this.add('normalization', attributes, weights, [x], name, 'GroupNormalization');
    }
    const [mean, variance] = statistics;
    const scales = () => {
      const by = gamma.numbers();
      return variance.numbers().map((v, c) => by[c] / Math.sqrt(v + EPSILON));
    };
    const shifts = () => {
      const [by, centre, offset] = [scales(), mean.numbers(), beta.numbers()];
      return by.map((s, c) => offset[c] - centre[c] * s);
    };
    const scale = this.graph.constant(`${name}/scale`, [channels], scales);
    const shift = this.graph.constant(`${name}/shift`, [channels], shifts);
    return this.add('scaleShift', {}, { scale, shift }, [x], name, 'BatchNormalization');
  }

  private relu(x: NodeId): NodeId {
    return this.add(
      'activation',
      { kind: 'relu' },
      {},
      [x],
      `${this.graph.nodeOf(x).name}/relu`,
      'ReLU',
    );
  }

  private add<K extends OpId>(
    op: K,
    attributes: Attributes<K>,
    weights: Weights<K>,
    inputs: readonly NodeId[],
    name: string,
    kind: string,
  ): NodeId {
    return this.graph.add(op, attributes, weights, {
      name: this.graph.unique(name),
      inputs,
      declared: { kind },
    });
  }

  private weight(name: string, { dims, numbers }: Hdf5Array): ConstantId {
    return this.graph.constant(name, dims, numbers);
  }

  private present<T>(block: string, part: T | undefined): T {
    if (part !== undefined) return part;
    throw badFile(this.file, `its ${block} has fewer weights than such a block needs`, ACCEPTED);
  }

  private names(group: string): readonly string[] {
    return textsOf(this.tree.attributes.get(group) ?? {}, 'weight_names') ?? [];
  }

  private array(group: string, name: string | undefined): Hdf5Array {
    const found = name === undefined ? undefined : this.tree.arrays.get(`${group}/${name}`);
    return this.present(group, found);
  }

  private block(group: string): Block {
    const names = this.names(group);
    const short = (name: string) => name.replace(/^[^/]*\//, '').replace(/\/[^/]*$/, '');
    const kernels = names.flatMap((name) =>
      /(^|\/)kernel(:0)?$/.test(name)
        ? [{ name: short(name), array: this.array(group, name) }]
        : [],
    );
    if (kernels.some(({ array }) => array.dims.length !== 5))
      throw badFile(this.file, `its ${group} has kernels that are not three-dimensional`, ACCEPTED);
    const norms = names.flatMap((name) => {
      if (!/(^|\/)gamma(:0)?$/.test(name)) return [];
      const of = (part: string) => name.replace(/gamma(:0)?$/, `${part}$1`);
      const has = names.includes(of('moving_mean'));
      const statistics = has
        ? ([
            this.array(group, of('moving_mean')),
            this.array(group, of('moving_variance')),
          ] as const)
        : null;
      return [
        {
          name: short(name),
          gamma: this.array(group, name),
          beta: this.array(group, of('beta')),
          statistics,
        },
      ];
    });
    return { kernels, norms };
  }
}
