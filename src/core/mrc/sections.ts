import type { Findings, ReadAs, VolumeKind } from '../volume/report.ts';
import type { MrcHeader, Triple } from './header.ts';

export interface Sections {
  readonly kind: VolumeKind;
  /** Volumes in the file; 1 unless it is a volume stack. */
  readonly volumes: number;
}

/** Endings that programs give to stacks of images, and those that they give to volumes. */
const NAMES: readonly (readonly [RegExp, ReadAs])[] = [
  [/\.(mrcs|st|ali|preali)(\.|$)/i, 'images'],
  [/\.(rec|map|ccp4)(\.|$)/i, 'volume'],
];

/**
 * What the sections are: one volume, several volumes (space group 401 to 630, NZ a multiple of MZ),
 * or separate images. What the user says counts first, then the ending of the name, then the header:
 * many programs write space group 0 or MZ = NZ into stacks of images and volumes alike. Where name
 * and header differ, a finding names both readings.
 */
export function interpretSections(
  header: MrcHeader,
  size: Triple,
  axes: Triple,
  fileName: string,
  asked: ReadAs | undefined,
  findings: Findings,
): Sections {
  const sections = size[2];
  if (asked === 'images') return images(sections, findings);
  const volumes = volumesOf(header, sections, axes, findings);
  const named = NAMES.find(([ending]) => ending.test(fileName))?.[1];
  if (volumes !== null) {
    if (named === 'images' && asked === undefined) {
      findings.warning(
        'name-and-header-differ',
        `The name is that of a stack of images, but space group ${header.spaceGroup} marks a stack of volumes; it is read as ${volumes} volumes. It can be read as images instead.`,
      );
    }
    return { kind: 'volume-stack', volumes };
  }
  if (asked === 'volume') return { kind: 'volume', volumes: 1 };
  if (sections === 1) {
    findings.info('single-image', 'The file holds one two-dimensional image.');
    return { kind: 'image', volumes: 1 };
  }
  const marked = header.spaceGroup === 0 && header.sampling[2] === 1;
  const counts = `space group ${header.spaceGroup} and MZ = ${header.sampling[2]}`;
  if (named === 'images') {
    // Space group 0 is what the standard asks for, whatever MZ says; 1 and above mark a crystal.
    if (header.spaceGroup !== 0) {
      findings.warning(
        'name-and-header-differ',
        `The name is that of a stack of images, the header (${counts}) that of a volume; the name counts. It can be read as one volume instead.`,
      );
    }
    return images(sections, findings);
  }
  if (marked && named === 'volume') {
    findings.warning(
      'name-and-header-differ',
      `The name is that of a volume, the header (${counts}) that of a stack of images; the name counts. It can be read as images instead.`,
    );
    return { kind: 'volume', volumes: 1 };
  }
  if (marked) return images(sections, findings);
  if (header.spaceGroup === 0) {
    findings.info(
      'space-group-0',
      `Space group 0 would mean a stack of images, but it is often written for single volumes; with MZ above 1 it is read as a volume. It can be read as images instead.`,
    );
  }
  return { kind: 'volume', volumes: 1 };
}

function images(sections: number, findings: Findings): Sections {
  if (sections === 1) {
    findings.info('single-image', 'The file holds one two-dimensional image.');
    return { kind: 'image', volumes: 1 };
  }
  findings.info(
    'image-stack',
    `The file holds ${sections} separate images, not a volume: z is the number of the image. They can be read as the sections of one volume instead.`,
  );
  return { kind: 'image-stack', volumes: 1 };
}

/** How many volumes a stack of volumes holds; null when the header marks none. */
function volumesOf(
  { spaceGroup, sampling }: MrcHeader,
  sections: number,
  axes: Triple,
  findings: Findings,
): number | null {
  if (spaceGroup < 401 || spaceGroup > 630) return null;
  const perVolume = sampling[2];
  if (perVolume >= 1 && sections % perVolume === 0 && axes[2] === 3) {
    const volumes = sections / perVolume;
    findings.info(
      'volume-stack',
      `The file holds ${volumes} volume${volumes === 1 ? '' : 's'} of ${perVolume} sections each (space group ${spaceGroup}).`,
    );
    return volumes;
  }
  findings.warning(
    'volume-stack-broken',
    `Space group ${spaceGroup} marks a stack of volumes, but NZ = ${sections} is not a number of whole volumes of MZ = ${perVolume} sections along z; it is read as one volume.`,
  );
  return null;
}
