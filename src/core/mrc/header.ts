/** Bytes of the fixed header. */
export const HEADER_BYTES = 1024;

export type Triple = readonly [number, number, number];

/** "IMOD" as the 32-bit integer at byte 152. */
export const IMOD_STAMP = 1146047817;

/** Bits of imodFlags (byte 156), valid only with the IMOD stamp. */
export const IMOD_FLAGS = {
  signedBytes: 1,
  pixelSizeInExtendedHeader: 2,
  originInverted: 4,
  rmsNotComputed: 8,
  packed4Bit: 16,
} as const;

/** Fields of the MRC2014 header as stored, before any interpretation. */
export interface MrcHeader {
  readonly littleEndian: boolean;
  /** NX, NY, NZ: columns, rows, sections. */
  readonly size: Triple;
  readonly mode: number;
  /** NXSTART, NYSTART, NZSTART along columns, rows, sections. */
  readonly start: Triple;
  /** MX, MY, MZ along x, y, z. */
  readonly sampling: Triple;
  /** CELLA, Å along x, y, z. */
  readonly cell: Triple;
  /** CELLB, degrees. */
  readonly angles: Triple;
  /** MAPC, MAPR, MAPS: 1 = x, 2 = y, 3 = z. */
  readonly axes: Triple;
  readonly dmin: number;
  readonly dmax: number;
  readonly dmean: number;
  readonly rms: number;
  readonly spaceGroup: number;
  /** NSYMBT, bytes. */
  readonly extendedBytes: number;
  /** EXTTYP, null where it is not four printable characters. */
  readonly extendedType: string | null;
  readonly version: number;
  /** imodFlags, null without the IMOD stamp. */
  readonly imodFlags: number | null;
  /** Another program's mark that mode 0 holds rescaled floats: -128 and 127 at bytes 156 and 160. */
  readonly rescaled: boolean;
  /** ORIGIN, Å along x, y, z. */
  readonly origin: Triple;
  readonly hasMapId: boolean;
  /** MACHST, four bytes. */
  readonly stamp: readonly number[];
  readonly labelCount: number;
  readonly labels: readonly string[];
}

/** Reads the fixed header; `view` must hold at least {@link HEADER_BYTES} bytes. */
export function parseHeader(view: DataView, littleEndian: boolean): MrcHeader {
  const int = (at: number): number => view.getInt32(at, littleEndian);
  const float = (at: number): number => view.getFloat32(at, littleEndian);
  const ints = (at: number): Triple => [int(at), int(at + 4), int(at + 8)];
  const floats = (at: number): Triple => [float(at), float(at + 4), float(at + 8)];
  const stamped = int(152) === IMOD_STAMP;
  const labelCount = int(220);
  const labels = Array.from({ length: Math.min(10, Math.max(0, labelCount)) }, (_, i) =>
    text(view, 224 + 80 * i, 80).trimEnd(),
  );
  const type = text(view, 104, 4);
  return {
    littleEndian,
    size: ints(0),
    mode: int(12),
    start: ints(16),
    sampling: ints(28),
    cell: floats(40),
    angles: floats(52),
    axes: ints(64),
    dmin: float(76),
    dmax: float(80),
    dmean: float(84),
    spaceGroup: int(88),
    extendedBytes: int(92),
    extendedType: /^[\x21-\x7e]{4}$/.test(type) ? type : null,
    version: int(108),
    imodFlags: stamped ? int(156) : null,
    rescaled: !stamped && int(156) === -128 && int(160) === 127,
    origin: floats(196),
    hasMapId: text(view, 208, 4).startsWith('MAP'),
    stamp: [212, 213, 214, 215].map((at) => view.getUint8(at)),
    rms: float(216),
    labelCount,
    labels,
  };
}

/** ASCII up to the first zero byte; anything unprintable becomes `?`. */
function text(view: DataView, at: number, length: number): string {
  let out = '';
  for (let i = at; i < at + length; i++) {
    const code = view.getUint8(i);
    if (code === 0) break;
    out += code >= 32 && code < 127 ? String.fromCharCode(code) : '?';
  }
  return out;
}
