import type { Rgb } from '../color/index.ts';

export interface ChimeraSurface {
  /** In the units of the map. */
  readonly level: number;
  readonly color: Rgb;
  readonly opacity: number;
}

/** One map file and the surfaces of it that are shown. */
export interface ChimeraMap {
  /** Name of the file beside the commands. */
  readonly file: string;
  /** What the model is called. */
  readonly name: string;
  readonly surfaces: readonly ChimeraSurface[];
}

/** Models that are open already keep their numbers. */
const FIRST_ID = 101;

/**
 * A ChimeraX command file that opens maps which lie beside it and shows them at their levels in their
 * colours. ChimeraX runs it in its own folder, so the files are named without one.
 *
 * @param quaternion turns camera axes (x right, y up, z towards the viewer) into world axes
 */
export function writeChimeraX(
  maps: readonly ChimeraMap[],
  title: string,
  quaternion: readonly [number, number, number, number],
): string {
  const lines = [`# ${oneLine(title)}`];
  maps.forEach(({ file, name, surfaces }, i) => {
    const id = FIRST_ID + i;
    const levels = surfaces.flatMap(({ level, color, opacity }) => [
      'level',
      numberText(level),
      'color',
      hex(color, opacity),
    ]);
    lines.push(`open "${quotable(file)}" id #${id} name "${quotable(name)}"`);
    lines.push(
      surfaces.length > 0
        ? `volume #${id} style surface step 1 ${levels.join(' ')}`
        : `hide #${id} models`,
    );
  });
  lines.push(
    'set bgColor white',
    'lighting soft',
    'camera ortho',
    `view matrix camera ${cameraMatrix(quaternion).map(numberText).join(',')}`,
    'view',
  );
  return `${lines.join('\n')}\n`;
}

/** `[3, 4]`, row-major: the camera's axes as columns, then its place, which `view` sets. */
function cameraMatrix([x, y, z, w]: readonly [number, number, number, number]): number[] {
  return [
    ...[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), 0],
    ...[2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x), 0],
    ...[2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y), 0],
  ];
}

/** Without an exponent, which not every number of ChimeraX may have. */
function numberText(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 6 - Math.floor(Math.log10(Math.abs(value))));
  return Number(value)
    .toFixed(Math.min(100, digits))
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** `#rrggbbaa`. */
function hex(color: Rgb, opacity: number): string {
  const bytes = [...color, Math.min(1, Math.max(0, opacity)) * 255];
  return `#${bytes.map((byte) => Math.round(byte).toString(16).padStart(2, '0')).join('')}`;
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
const quotable = (text: string) => oneLine(text).replaceAll('"', "'");
