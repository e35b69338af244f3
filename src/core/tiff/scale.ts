import type { Findings } from '../volume/report.ts';
import type { Vec3 } from '../volume/types.ts';
import type { Directory } from './directory.ts';

const DESCRIPTION = 270;
const X_RESOLUTION = 282;
const Y_RESOLUTION = 283;
const RESOLUTION_UNIT = 296;

/** Å of the units that microscopes write. */
const UNITS: Readonly<Record<string, number>> = {
  ...{ Å: 1, A: 1, angstrom: 1, Angstrom: 1, ångström: 1, pm: 0.01, nm: 10, nanometer: 10 },
  ...{ µm: 1e4, μm: 1e4, um: 1e4, micron: 1e4, microns: 1e4, '\\u00B5m': 1e4, mm: 1e7, cm: 1e8 },
};
/** Å of the units of the resolution in TIFF itself: inch and centimetre. */
const PRINT_UNITS: Readonly<Record<number, number>> = { 2: 2.54e8, 3: 1e8 };
/** Larger ones are of pictures to be printed. */
const LARGEST_PRINTED = 1e4;
const PLAUSIBLE = { least: 0.01, most: 1e6 } as const;

/** What a file says beside its images: ImageJ's or OME's notes. */
export interface Notes {
  /** Å; null where nothing gives it. */
  readonly voxelSize: Vec3 | null;
  /** Sections that ImageJ writes behind the first without directories of their own. */
  readonly sections: number | null;
}

/** Reads what the first directory of a file says about its scale. */
export function notesOf(directory: Directory, findings: Findings): Notes {
  const text = directory.text(DESCRIPTION);
  const sections = /^ImageJ=/.test(text) ? Number(/^images=(\d+)/m.exec(text)?.[1] ?? 1) : null;
  const voxelSize = sizeOf(directory, text);
  const plausible = voxelSize?.every((one) => one >= PLAUSIBLE.least && one <= PLAUSIBLE.most);
  if (voxelSize && plausible) return { voxelSize, sections };
  findings.warning(
    'voxel-size-unknown',
    'The file gives no voxel size, so lengths in nm mean nothing until it is set.',
  );
  return { voxelSize: null, sections };
}

function sizeOf(directory: Directory, text: string): Vec3 | null {
  const ome = omeSize(text);
  if (ome) return ome;
  const [x] = directory.numbers(X_RESOLUTION);
  const [y = x] = directory.numbers(Y_RESOLUTION);
  if (!(x > 0 && y > 0)) return null;
  if (/^ImageJ=/.test(text)) {
    const unit = UNITS[/^unit=(.+?)\s*$/m.exec(text)?.[1] ?? ''];
    if (unit === undefined) return null;
    const spacing = Number(/^spacing=(.+)$/m.exec(text)?.[1] ?? 1 / x);
    return [unit / x, unit / y, unit * Math.abs(spacing)];
  }
  const [printed = 2] = directory.numbers(RESOLUTION_UNIT);
  const unit = PRINT_UNITS[printed];
  if (unit === undefined || unit / x > LARGEST_PRINTED) return null;
  return [unit / x, unit / y, unit / x];
}

/** The sizes in the XML of OME-TIFF; µm where it names no unit. */
function omeSize(text: string): Vec3 | null {
  if (!/<OME[\s>]/.test(text)) return null;
  const along = (axis: string): number => {
    const size = Number(new RegExp(`\\bPhysicalSize${axis}="([^"]+)"`).exec(text)?.[1]);
    const unit = new RegExp(`\\bPhysicalSize${axis}Unit="([^"]+)"`).exec(text)?.[1] ?? 'µm';
    return size * (UNITS[unit] ?? Number.NaN);
  };
  const [x, y, z] = ['X', 'Y', 'Z'].map(along);
  return x > 0 && y > 0 ? [x, y, z > 0 ? z : x] : null;
}
