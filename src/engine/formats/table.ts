import { AppError, badFile } from '../../core/errors.ts';
import { acceptedNetworks, networkFormatOf } from '../../core/network-formats.ts';
import type { FormatRow, Reading, ReadNetwork } from './format.ts';
import { looksLikeHdf5 } from './keras/hdf5-signature.ts';
import { looksLikeTar } from './tar.ts';
import { legacyStart, looksLikeTorch } from './torch/signature.ts';
import { looksLikeZip } from './zip.ts';

/** Every format that opens. */
const FORMATS: readonly FormatRow[] = [
  {
    id: 'json',
    recognises: (head) => /^\uFEFF?\s*[{[]/.test(new TextDecoder().decode(head.subarray(0, 64))),
    reader: async () => (await import('./json.ts')).readJsonNetwork,
  },
  {
    id: 'hdf5',
    recognises: looksLikeHdf5,
    reader: async () => (await import('./keras/readers.ts')).readH5Network,
  },
  {
    id: 'pytorch',
    recognises: looksLikeTorch,
    reader: async () => (await import('./torch/reader.ts')).readTorchNetwork,
  },
  {
    id: 'ais',
    recognises: looksLikeTar,
    reader: async () => (await import('./keras/readers.ts')).readAisNetwork,
  },
  {
    id: 'keras',
    recognises: looksLikeZip,
    reader: async () => (await import('./keras/readers.ts')).readArchiveNetwork,
  },
  {
    id: 'onnx',
    // The version of its intermediate representation, which every writer puts first.
    recognises: ([first, version]) => first === 0x08 && version > 0 && version < 0x20,
    reader: async () => (await import('./onnx/index.ts')).readOnnxNetwork,
  },
];

/** Bytes that formats are recognised by: a header of tar. */
const HEAD = 512;

const begins = (head: Uint8Array, text: string) =>
  [...text].every((char, i) => head[i] === char.charCodeAt(0));

/** What is kept where a network is looked for, and is none. */
const OTHERS: readonly {
  readonly is: (head: Uint8Array) => boolean;
  readonly what: string;
  readonly accepted: string;
}[] = [
  {
    is: ({ length }) => length === 0,
    what: 'the file is empty',
    accepted: 'the file as it was saved',
  },
  {
    is: (head) => begins(head, 'version https://git-lfs'),
    what: 'a Git LFS pointer, a text that stands for the file',
    accepted: 'the file itself (git lfs pull)',
  },
  {
    is: (head) => head[0] === 0x80 && head[1] >= 2 && head[1] <= 5 && legacyStart(head) === 0,
    what: 'a Python pickle, which is never loaded',
    accepted: 'a file of torch.save, or the network exported with torch.onnx.export',
  },
  {
    is: (head) => /^\s*<(!doctype|html)/i.test(new TextDecoder().decode(head.subarray(0, 100))),
    what: 'a web page',
    accepted: 'the file that its link leads to',
  },
  {
    is: (head) => head.length > 9 && head[8] === 0x7b && head[6] === 0 && head[7] === 0,
    what: 'weights in safetensors without the network that they belong to',
    accepted: 'an ONNX graph or a Keras network, with these weights beside it',
  },
];

/** Reads a network of any format, recognised by what is in its file. */
export async function readNetworkFile(reading: Reading): Promise<ReadNetwork> {
  const { file, files } = reading;
  const head = file.part(0, HEAD);
  const other = OTHERS.find(({ is }) => is(head));
  if (other) throw badFile(files.label, other.what, other.accepted);
  // What is recognised by nothing is damaged, and what its name says.
  const named = networkFormatOf(files.label)?.id;
  const format =
    FORMATS.find((row) => row.recognises(head, file)) ?? FORMATS.find(({ id }) => id === named);
  if (!format) throw badFile(files.label, 'no network in any format known', acceptedNetworks());
  try {
    return await (await format.reader())(reading);
  } catch (error) {
    if (error instanceof RangeError)
      throw new AppError(
        'bad-file',
        `${files.label}: damaged, or too large for the memory there is`,
        {
          cause: error,
        },
      );
    throw error;
  }
}
