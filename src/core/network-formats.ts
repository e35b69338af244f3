import { AppError, badFile } from './errors.ts';

/** One way in which networks are kept in files. */
export interface NetworkFormat {
  readonly id: 'onnx' | 'keras' | 'pytorch' | 'ais' | 'json' | 'hdf5' | 'weights';
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
 * The formats that the app and the command line know by name, in the order in which one of several files is taken for
 * the network: the others are its weights. What is in a file is recognised in the engine; here is what file dialogs,
 * drop areas and messages say about it.
 */
export const NETWORK_FORMATS: readonly NetworkFormat[] = [
  {
    id: 'onnx',
    label: 'an ONNX graph',
    endings: ['.onnx'],
    together: '',
    opens: true,
  },
  {
    id: 'keras',
    label: 'a Keras 3 archive',
    endings: ['.keras'],
    together: '',
    opens: true,
  },
  {
    id: 'pytorch',
    label: 'a PyTorch checkpoint',
    endings: ['.pth', '.pt', '.ckpt', '.pth.tar'],
    together: '',
    opens: true,
  },
  {
    id: 'ais',
    label: 'a network of Ais',
    endings: ['.scnm'],
    together: '',
    opens: true,
  },
  {
    id: 'json',
    label: 'a TensorFlow.js layers or graph model or a Keras architecture',
    endings: ['.json'],
    together: 'model.json with its .bin or .h5 weights, or their folder',
    opens: true,
  },
  {
    id: 'hdf5',
    label: 'a Keras HDF5 file',
    endings: ['.h5', '.hdf5'],
    together: '',
    opens: true,
  },
  {
    id: 'weights',
    label: 'weights without their network',
    endings: ['.bin', '.safetensors', '.data', '.onnx_data'],
    together: '',
    opens: false,
  },
];

const WEIGHTS = NETWORK_FORMATS[NETWORK_FORMATS.length - 1];

/** What lies beside a checkpoint and is no network, nor a volume. */
const CONFIGURATION_ENDINGS = ['.yaml', '.yml'];

/** What a user says about a network, beside its file. */
const NOTES = /(^|\.)respond-cam\.json$/i;

/** Configurations beside a checkpoint. */
const CONFIGURATION = /\.(ya?ml|json)$/i;

/** Names of the classes, as people call such files, and nnU-Net's. */
const LABELS =
  /(^|[._-])((labels?|label_?map|class_?index|class_?names|classes)\.(txt|json)|dataset\.json)$/i;

/** Weights that older converters wrote without an ending. */
const SHARD = /^group\d+-shard\d+of\d+/i;

/** The format that a file's name stands for; null when it is no network's. */
export function networkFormatOf(name: string): NetworkFormat | null {
  const lower = name.toLowerCase();
  if (SHARD.test(lower)) return WEIGHTS;
  const found = NETWORK_FORMATS.find(({ endings }) => endings.some((end) => lower.endsWith(end)));
  return found ?? null;
}

/** Whether a file is a network's or lies beside one: its weights, its configuration, the names of its classes. */
export function belongsToNetwork(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    networkFormatOf(name) !== null ||
    LABELS.test(name) ||
    CONFIGURATION_ENDINGS.some((end) => lower.endsWith(end))
  );
}

/** Which of the files of one network says what it computes, and which holds weights kept apart. */
export interface NetworkParts {
  readonly main: string;
  readonly weights: string | undefined;
  /** What a checkpoint is built by, e.g. `plans.json` or `model.yaml`. */
  readonly config: string | undefined;
  /** Names of the classes. */
  readonly labels: string | undefined;
}

/** @throws AppError `bad-file` where there is none or more than one */
export function networkParts(names: readonly string[]): NetworkParts {
  const formats = NETWORK_FORMATS.filter(({ id }) => id !== 'weights');
  const others = names.filter((name) => !NOTES.test(name) && !LABELS.test(name));
  const labels = names.find((name) => LABELS.test(name));
  for (const format of formats) {
    const mains = others.filter((name) => networkFormatOf(name) === format);
    if (mains.length === 0) continue;
    if (mains.length > 1) {
      throw badFile(
        mains.join(', '),
        `${mains.length} networks at once`,
        'the files of one network',
      );
    }
    const [main] = mains;
    const weights = others.find((name) => name !== main && /\.(safetensors|h5|hdf5)$/i.test(name));
    const config = others.find((name) => name !== main && CONFIGURATION.test(name));
    return { main, weights, config, labels };
  }
  throw badFile(
    names.join(', ') || 'nothing',
    'no network among the files, only weights',
    acceptedNetworks(),
  );
}

/** Endings of what can be opened, for a file dialog. */
export function networkEndings(): string[] {
  const own = NETWORK_FORMATS.filter(({ opens }) => opens).flatMap(({ endings }) => endings);
  return [...own, ...WEIGHTS.endings, ...CONFIGURATION_ENDINGS, '.txt'];
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
    `${name}: ${format.label} cannot be opened${format === WEIGHTS ? '' : ' yet'}; accepted: ${acceptedNetworks()}`,
  );
}
