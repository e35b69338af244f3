import { AppError } from '../errors.ts';
import type { Shape3 } from '../volume/types.ts';
import type { Slice } from './blend.ts';

/** What the channels of an output in space stand for. */
export interface OutputMeaning {
  readonly channels: number;
  /** Each channel is decided by itself, so that several may hold at a voxel. */
  readonly independent: boolean;
  /** Channel of no class; null where there is none. */
  readonly background: number | null;
  /** Values are probabilities; else scores before softmax or sigmoid. */
  readonly probabilities: boolean;
}

/** Labels are bytes, and 0 stands for no class. */
const MOST_CLASSES = 255;
/** Classes that may hold together are bits of a word. */
const MOST_INDEPENDENT = 32;

/** Which class each label stands for: label `i + 1` is channel `channels[i]`. */
export function labelledChannels({ channels, background }: OutputMeaning): number[] {
  return Array.from({ length: channels }, (_, c) => c).filter((c) => c !== background);
}

/** Channel of the background by its name, else the first where channels exclude each other. */
export function backgroundOf(
  names: readonly string[],
  independent: boolean,
  stated: number | undefined,
): number | null {
  if (independent || stated === -1) return null;
  if (stated !== undefined && stated < names.length) return stated;
  const named = names.findIndex((name) => /^(background|bg|none|nothing)$/i.test(name.trim()));
  return Math.max(0, named);
}

export type Members = Uint8Array | Uint16Array | Uint32Array;

/** What a network says of each voxel, `[z, y, x]` flattened. */
export interface Labels {
  readonly shape: Shape3;
  /** 0 for no class, else as {@link labelledChannels} numbers them; of several that hold, the most probable. */
  readonly labels: Uint8Array;
  /** Probability of that class, 0 to 255; 0 where there is none. */
  readonly certainty: Uint8Array;
  /** Where several classes may hold: bit `i` stands for label `i + 1`. */
  readonly members: Members | null;
  /** Voxels at which more than one does. */
  readonly shared: number;
}

/** Turns averaged values, slice by slice, into labels, and keeps probabilities where they are wanted. */
export class Decider {
  readonly labels: Uint8Array;
  readonly certainty: Uint8Array;
  readonly members: Members | null;
  /** By channel. */
  readonly probabilities: readonly Float32Array[] | null;
  shared = 0;
  private readonly channels: readonly number[];

  constructor(
    private readonly shape: Shape3,
    private readonly meaning: OutputMeaning,
    keepsProbabilities: boolean,
  ) {
    const voxels = shape[0] * shape[1] * shape[2];
    this.channels = labelledChannels(meaning);
    const { independent, channels } = meaning;
    const most = independent ? MOST_INDEPENDENT : MOST_CLASSES;
    if (this.channels.length > most) {
      throw new AppError(
        'unsupported',
        `the network distinguishes ${this.channels.length} classes; accepted: up to ${most}${independent ? ' that may hold together' : ''}`,
      );
    }
    this.labels = new Uint8Array(voxels);
    this.certainty = new Uint8Array(voxels);
    this.members =
      independent && channels > 1
        ? new (channels <= 8 ? Uint8Array : channels <= 16 ? Uint16Array : Uint32Array)(voxels)
        : null;
    this.probabilities = keepsProbabilities
      ? Array.from({ length: channels }, () => new Float32Array(voxels))
      : null;
  }

  take({ axis, index, values }: Slice): void {
    const [nz, ny, nx] = this.shape;
    const rows = axis === 0 ? ny : nz;
    for (let row = 0; row < rows; row++) {
      const to = (axis === 0 ? index * ny + row : row * ny + index) * nx;
      this.row(values, row * nx, to, nx);
    }
  }

  result(): Labels {
    const { shape, labels, certainty, members, shared } = this;
    return { shape, labels, certainty, members, shared };
  }

  private row(values: readonly Float32Array[], from: number, to: number, count: number): void {
    const decide = this.meaning.independent ? this.alone : this.largest;
    for (let i = 0; i < count; i++) decide.call(this, values, from + i, to + i);
  }

  /** The largest of channels that exclude each other, the first of equals. */
  private largest(values: readonly Float32Array[], at: number, to: number): void {
    const { background, probabilities: given } = this.meaning;
    let best = 0;
    for (let c = 1; c < values.length; c++) if (values[c][at] > values[best][at]) best = c;
    const labelled = best !== background;
    if (!labelled && !this.probabilities) return;
    const top = values[best][at];
    let total = 0;
    for (const channel of values) total += given ? channel[at] : Math.exp(channel[at] - top);
    const share = (value: number) => (given ? value : Math.exp(value - top)) / total;
    if (labelled) {
      this.labels[to] = best + (background !== null && best > background ? 0 : 1);
      this.certainty[to] = Math.round(255 * share(top));
    }
    this.probabilities?.forEach((kept, c) => {
      kept[to] = share(values[c][at]);
    });
  }

  private alone(values: readonly Float32Array[], at: number, to: number): void {
    const limit = this.meaning.probabilities ? 0.5 : 0;
    const probability = (value: number) =>
      this.meaning.probabilities ? value : 1 / (1 + Math.exp(-value));
    let best = -1;
    let bits = 0;
    let holding = 0;
    for (let c = 0; c < values.length; c++) {
      const value = values[c][at];
      if (this.probabilities) this.probabilities[c][to] = probability(value);
      if (!(value > limit)) continue;
      holding++;
      bits |= 1 << c;
      if (best < 0 || value > values[best][at]) best = c;
    }
    if (best < 0) return;
    this.labels[to] = best + 1;
    this.certainty[to] = Math.round(255 * probability(values[best][at]));
    if (holding > 1) this.shared++;
    if (this.members) this.members[to] = bits >>> 0;
  }
}
