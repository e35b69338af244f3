/** A kind of file that is recognised by its first bytes. */
interface ContentKind {
  /** With its article: `a ZIP archive`. */
  readonly name: string;
  readonly test: (head: Uint8Array, text: string) => boolean;
}

function magic(...bytes: readonly number[]) {
  return (head: Uint8Array) => bytes.every((byte, i) => head[i] === byte);
}

function letters(word: string, at = 0) {
  return (_: Uint8Array, text: string) => text.startsWith(word, at);
}

function matches(pattern: RegExp) {
  return (_: Uint8Array, text: string) => pattern.test(text);
}

/** A map of MessagePack with such a key. */
function packed(key: string) {
  return (head: Uint8Array, text: string) =>
    ((head[0] & 0xf0) === 0x80 || head[0] === 0xde) && text.includes(key);
}

/** SPIDER's header of floats: sections, rows, form and header length in their places. */
function spider(head: Uint8Array): boolean {
  if (head.length < 100) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return [true, false].some((littleEndian) => {
    const word = (i: number): number => view.getFloat32(4 * (i - 1), littleEndian);
    const [rows, form, columns, headerRows, headerBytes, rowBytes] = [2, 5, 12, 13, 22, 23].map(
      word,
    );
    return (
      rows > 0 &&
      columns > 0 &&
      headerRows > 0 &&
      (form === 1 || form === 3) &&
      rowBytes === 4 * columns &&
      headerBytes === headerRows * rowBytes
    );
  });
}

/** Bytes looked at. */
const HEAD = 1024;

const BCIF = 'a BinaryCIF file';

/** The first that fits names the content; those of few bytes come last. */
const KINDS: readonly ContentKind[] = [
  { name: 'a ZIP archive', test: matches(/^PK[^ -~]{2}/) },
  { name: 'a gzip archive', test: magic(0x1f, 0x8b) },
  { name: 'a bzip2 archive', test: matches(/^BZh[1-9]/) },
  { name: 'an xz archive', test: magic(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0) },
  { name: 'a Zstandard archive', test: magic(0x28, 0xb5, 0x2f, 0xfd) },
  { name: 'an LZ4 archive', test: magic(0x04, 0x22, 0x4d, 0x18) },
  { name: 'a 7z archive', test: magic(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c) },
  { name: 'a RAR archive', test: letters('Rar!\x1a\x07') },
  { name: 'a compress (.Z) archive', test: magic(0x1f, 0x9d) },
  { name: 'a tar archive', test: letters('ustar', 257) },
  { name: 'an HDF5 file', test: letters('\x89HDF\r\n\x1a\n') },
  { name: 'a PNG image', test: letters('\x89PNG') },
  { name: 'a JPEG image', test: magic(0xff, 0xd8, 0xff) },
  {
    name: 'a TIFF image',
    test: (_, text) => /^(II[*+]|MM.[*+])/.test(text) && text.slice(2, 4).includes('\0'),
  },
  { name: 'a GIF image', test: letters('GIF8') },
  { name: 'text in UTF-16', test: matches(/^(\u00ff\u00fe|\u00fe\u00ff)/) },
  { name: 'a PDF document', test: letters('%PDF-') },
  { name: 'a Git LFS pointer, not the file itself', test: letters('version https://git-lfs') },
  { name: 'a git-annex pointer, not the file itself', test: matches(/^\/annex\/objects\//) },
  {
    name: 'a web page (HTML)',
    test: matches(/^\s*(<!--[^>]*>\s*)*<(!doctype html|html|head|body)\b/i),
  },
  { name: 'a PDBML file', test: matches(/^\s*<\?xml[\s\S]*<\w*:?datablock\b/i) },
  { name: 'an XML file', test: matches(/^\s*<\?xml\b/i) },
  { name: BCIF, test: packed('dataBlocks') },
  { name: 'an MMTF file', test: packed('mmtfVersion') },
  { name: 'a NumPy .npy file', test: letters('\x93NUMPY') },
  { name: 'a mol2 file', test: matches(/@<TRIPOS>/) },
  { name: 'an SDF or MOL file', test: matches(/^.*\n.*\n.*\n.{30,36}V[23]000/) },
  { name: 'a Python pickle', test: (head) => head[0] === 0x80 && head[1] >= 2 && head[1] <= 5 },
  { name: 'a VTK file', test: letters('# vtk DataFile') },
  { name: 'an Amira file', test: letters('# AmiraMesh') },
  { name: 'an NRRD volume', test: letters('NRRD000') },
  { name: 'a NIfTI volume', test: (_, text) => /^n[+i]1\0/.test(text.slice(344, 348)) },
  { name: 'a DICOM file', test: letters('DICM', 128) },
  { name: 'a MATLAB file', test: letters('MATLAB 5.0') },
  { name: 'a DM3 file of DigitalMicrograph', test: magic(0, 0, 0, 3, 0, 0) },
  { name: 'a DM4 file of DigitalMicrograph', test: magic(0, 0, 0, 4, 0, 0) },
  { name: 'a SER file of TIA', test: magic(0x49, 0x49, 0x97, 0x01) },
  { name: 'a SPIDER file', test: spider },
  {
    name: 'a BMP image',
    test: (_, text) => text.startsWith('BM') && text.startsWith('\0\0\0\0', 6),
  },
  { name: 'a JSON file', test: matches(/^\s*(\{\s*["}]|\[\s*[[{"\]\d-])/) },
];

/** What the content is by its first bytes, in words with an article; undefined when it is none of these. */
export function contentName(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, HEAD);
  let text = '';
  for (const byte of head) text += String.fromCharCode(byte);
  return KINDS.find(({ test }) => test(head, text))?.name;
}

/** Whether the bytes begin as BinaryCIF does. */
export function looksLikeBcif(bytes: Uint8Array): boolean {
  return contentName(bytes) === BCIF;
}

/** Whether the bytes can be text: no byte below a blank but white space and form feed. */
export function looksLikeText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, HEAD).every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
}
