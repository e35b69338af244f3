import { badFile } from '../errors.ts';
import { tomogramsNamedAs } from '../particles/formats/relion-tomograms.ts';
import type { ByteSource } from '../volume/access.ts';
import type { Finding } from '../volume/report.ts';
import type { SourceVolume, Vec3 } from '../volume/types.ts';
import { backProject } from './back-project.ts';
import { positionOf } from './read.ts';
import { readTiltSeries, type TiltSeries } from './series.ts';
import { readStack, stackText, weightingText } from './stack.ts';
import type { StarFile, SubTiltBox, SubTiltList, SubTiltParticle, SubTiltStack } from './types.ts';

/** How the files that belong to a list are come by. */
export interface SubTiltFiles {
  /** The tilt-series file that a `tomograms.star` names; null where it is not there. */
  series(name: string): Promise<StarFile | null>;
  /** Hands over a stack that the list names; null where it is not there. */
  stack<T>(name: string, use: (source: ByteSource | null) => Promise<T>): Promise<T>;
}

/** A particle with its projections. */
export interface Projections {
  readonly stack: SubTiltStack;
  /** Å from the tomogram's centre; null where the list does not say. */
  readonly position: Vec3 | null;
}

/** The box of a particle that its projections were brought together in. */
export interface ProjectedBox {
  readonly volume: SourceVolume<Float32Array>;
  readonly position: Vec3 | null;
  /** Of what: `41 projections of 64 x 64 pixels of 10 Å`. */
  readonly from: string;
  /** How they were weighted. */
  readonly weighting: string;
}

/** Said about every list of projections. */
export const PROJECTIONS_BRIGHT: Finding = {
  code: 'contrast',
  severity: 'info',
  message: 'RELION and Warp write projections with bright particles.',
};

/** The `tomograms.star` among the names of files that lie near a list; null without one. */
export function tomogramsAmong(names: readonly string[], list: string): string | null {
  const own = tomogramsNamedAs(list);
  if (names.includes(own)) return own;
  return names.find((name) => /^tomograms.*\.star$|_tomograms\.star$/i.test(name)) ?? null;
}

/** Whether a list needs a `tomograms.star` for the tilts of its projections. */
export const needsTilts = ({ particles }: SubTiltList): boolean =>
  particles.some(({ own }) => own === null);

/** Name of the stack that a list gives a particle as. */
export const stackName = ({ image }: SubTiltParticle): string => image.replace(/^\d+@/, '');

/** Reads the particles of a list one by one, each from its own projections alone. */
export class SubTiltReader {
  readonly #series = new Map<string, TiltSeries>();

  constructor(
    readonly list: SubTiltList,
    /** Not needed where the list gives the tilts itself. */
    readonly tomograms: StarFile | null,
    readonly files: SubTiltFiles,
    /** Å of the pixels, in place of what the list says. */
    readonly pixelSize?: number,
  ) {}

  /** @throws AppError 'bad-file' where something that it needs is missing or damaged */
  async projections(index: number): Promise<Projections> {
    const { list, files, pixelSize } = this;
    const particle = list.particles[index];
    const series = particle.own ? null : await this.series(particle.tomogram);
    const name = stackName(particle);
    const listed = await files.stack(name, async (source) => {
      if (source) return readStack(source, list, particle, series);
      throw badFile(
        name,
        `this stack of projections, which ${list.fileName} names, is not there`,
        'the folder of the project as RELION or Warp wrote it',
      );
    });
    return {
      stack: { ...listed, pixelSize: pixelSize ?? listed.pixelSize },
      position: positionOf(particle, series?.extent ?? null),
    };
  }

  /** @param box without a voxel size: that of the pixels. @throws AppError 'bad-file' */
  async box(index: number, box: WantedBox): Promise<ProjectedBox> {
    return projectBack(await this.projections(index), box);
  }

  /** The tilts of a tomogram of the list. @throws AppError 'bad-file' */
  async series(tomogram: string): Promise<TiltSeries | null> {
    if (!this.tomograms) return null;
    const found =
      this.#series.get(tomogram) ??
      (await readTiltSeries(this.tomograms, tomogram, this.files.series));
    this.#series.set(tomogram, found);
    return found;
  }
}

type WantedBox = Omit<SubTiltBox, 'voxelSize'> & { readonly voxelSize: number | null };

/** A particle's projections brought together in a box. */
export function projectBack({ stack, position }: Projections, box: WantedBox): ProjectedBox {
  const { size, depth = size, transfer } = box;
  const voxelSize = box.voxelSize ?? stack.pixelSize;
  const corner = (n: number) => (-(n - 1) / 2) * voxelSize;
  return {
    volume: {
      data: backProject(stack, { ...box, voxelSize }),
      shape: [depth, size, size],
      voxelSize: [voxelSize, voxelSize, voxelSize],
      voxelSizeKnown: true,
      origin: [corner(size), corner(size), corner(depth)],
    },
    position,
    from: stackText(stack),
    weighting: weightingText(stack, transfer),
  };
}
