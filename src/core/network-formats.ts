import { AppError } from './errors.ts';

/** One way in which networks are kept in files. */
export interface NetworkFormat {
  readonly id: 'tfjs' | 'keras' | 'hdf5' | 'onnx' | 'pytorch';
  /** With its article, e.g. "an ONNX graph". */
  readonly label: string;
  /** Endings of its files, the one that names the network first. */
  readonly endings: readonly string[];
  /** What belongs to one network, as an instruction; empty where it is one file. */
  readonly together: string;
  /** Whether this build opens it. */
  readonly opens: boolean;
}

/**
 * The formats that the app and the command line know by name. What a format needs to be read stands in
 * the engine; here is what file dialogs, drop areas and messages say about it.
 */
export const NETWORK_FORMATS: readonly NetworkFormat[] = [
  {
    id: 'tfjs',
    label: 'a TensorFlow.js layers model',
    endings: ['.json', '.bin'],
    together: 'model.json with its .bin weights, or the folder that holds them',
    opens: true,
  },
  {
    id: 'keras',
    label: 'a Keras 3 archive',
    endings: ['.keras'],
    together: '',
    opens: false,
  },
  {
    id: 'hdf5',
    label: 'a Keras HDF5 file',
    endings: ['.h5', '.hdf5'],
    together: '',
    opens: false,
  },
  {
    id: 'onnx',
    label: 'an ONNX graph',
    endings: ['.onnx'],
    together: '',
    opens: false,
  },
  {
    id: 'pytorch',
    label: 'a PyTorch checkpoint',
    endings: ['.pt', '.pth', '.ckpt', '.safetensors'],
    together: '',
    opens: false,
  },
];

/** Weights that older converters wrote without an ending. */
const SHARD = /^group\d+-shard\d+of\d+/i;

/** The format that a file's name stands for; null when it is no network's. */
export function networkFormatOf(name: string): NetworkFormat | null {
  const lower = name.toLowerCase();
  if (SHARD.test(lower)) return NETWORK_FORMATS[0];
  const found = NETWORK_FORMATS.find(({ endings }) => endings.some((end) => lower.endsWith(end)));
  return found ?? null;
}

/** Endings of what can be opened, for a file dialog. */
export function networkEndings(): string[] {
  return NETWORK_FORMATS.filter(({ opens }) => opens).flatMap(({ endings }) => endings);
}

/** What can be opened, in words: "a TensorFlow.js layers model (model.json with ...)". */
export function acceptedNetworks(): string {
  return NETWORK_FORMATS.filter(({ opens }) => opens)
    .map(({ label, endings, together }) => `${label} (${together || endings.join(', ')})`)
    .join(', ');
}

/**
 * Refuses a network by its name where this build cannot open its format.
 * @throws AppError `unsupported`
 */
export function assertOpens(name: string): void {
  const format = networkFormatOf(name);
  if (!format || format.opens) return;
  throw new AppError(
    'unsupported',
    `${name}: ${format.label} cannot be opened yet; accepted: ${acceptedNetworks()}`,
  );
}
