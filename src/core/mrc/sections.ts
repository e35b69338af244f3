import type { Findings, VolumeKind } from '../volume/report.ts';
import type { MrcHeader, Triple } from './header.ts';

export interface Sections {
  readonly kind: VolumeKind;
  /** Volumes in the file; 1 unless it is a volume stack. */
  readonly volumes: number;
}

/**
 * What the sections are: one volume, several volumes (space group 401 to 630, NZ a multiple of MZ),
 * or separate images (space group 0 with MZ 1, or the name ends in .mrcs).
 */
export function interpretSections(
  header: MrcHeader,
  size: Triple,
  axes: Triple,
  fileName: string,
  findings: Findings,
): Sections {
  const sections = size[2];
  const perVolume = header.sampling[2];
  const { spaceGroup } = header;
  if (spaceGroup >= 401 && spaceGroup <= 630) {
    if (perVolume >= 1 && sections % perVolume === 0 && axes[2] === 3) {
      const volumes = sections / perVolume;
      findings.info(
        'volume-stack',
        `The file holds ${volumes} volume${volumes === 1 ? '' : 's'} of ${perVolume} sections each (space group ${spaceGroup}).`,
      );
      return { kind: 'volume-stack', volumes };
    }
    findings.warning(
      'volume-stack-broken',
      `Space group ${spaceGroup} marks a stack of volumes, but NZ = ${sections} is not a number of whole volumes of MZ = ${perVolume} sections along z; it is read as one volume.`,
    );
  }
  if (sections === 1) {
    findings.info('single-image', 'The file holds one two-dimensional image.');
    return { kind: 'image', volumes: 1 };
  }
  const namedStack = /\.mrcs(\.|$)/i.test(fileName);
  if ((spaceGroup === 0 && perVolume === 1) || (namedStack && perVolume !== sections)) {
    findings.info(
      'image-stack',
      `The file holds ${sections} separate images, not a volume: z is the number of the image.`,
    );
    return { kind: 'image-stack', volumes: 1 };
  }
  if (spaceGroup === 0) {
    findings.info(
      'space-group-0',
      'Space group 0 would mean a stack of images, but it is often written for single volumes; with MZ above 1 it is read as a volume.',
    );
  }
  return { kind: 'volume', volumes: 1 };
}
