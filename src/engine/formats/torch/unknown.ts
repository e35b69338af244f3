import { AppError } from '../../../core/errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import { children, classOf } from './module.ts';

export const shapeText = (dims: readonly number[] | undefined) => `[${dims?.join(' x ') ?? ''}]`;

const MOST_SHOWN = 6;

/** Networks of the field's tools that are not built here, by modules that they have. */
const TOOLS: readonly { readonly has: readonly string[]; readonly what: string }[] = [
  {
    has: ['features.features.0', 'classifier'],
    what: 'a particle picker of Topaz, which looks at pictures of 2D micrographs',
  },
  { has: ['enc1.0', 'enc2.0', 'dec2.0', 'dec1.0'], what: 'a denoiser of Topaz' },
];

/** The tool that a network is of, as the beginning of a sentence about it. */
function toolText({ state }: Checkpoint): string {
  const found = TOOLS.find(({ has }) => has.every((path) => state.hasModule(path)));
  return found ? `${found.what}; ` : '';
}

/** Says what is in a file whose family is not known, and how to export the network to ONNX. */
export function unknownNetwork(checkpoint: Checkpoint, families: readonly string[]): AppError {
  const { file, module } = checkpoint;
  const what = module
    ? `a pickled network of the class ${module.className}, whose code is not in the file and never run, with ${layersText(checkpoint)} and ${weightsText(checkpoint)}`
    : `weights of no network that is known: ${weightsText(checkpoint)}${settingsText(checkpoint)}`;
  return new AppError(
    'unsupported',
    `${file}: ${toolText(checkpoint)}${what}; accepted: ${families.join(', ')}, or the network exported where its code is: ${exportSnippet(checkpoint)}`,
  );
}

function weightsText({ state }: Checkpoint): string {
  const shown = state.names
    .slice(0, MOST_SHOWN)
    .map((name) => `${name} ${shapeText(state.dims(name))}`);
  const more = state.names.length - shown.length;
  const numbers = state.names.reduce(
    (sum, name) => sum + (state.dims(name)?.reduce((a, b) => a * b, 1) ?? 0),
    0,
  );
  const rest = more > 0 ? ` and ${more} more` : '';
  return `${state.names.length} tensors of ${numbers} numbers (${shown.join(', ')}${rest})`;
}

function layersText({ module }: Checkpoint): string {
  const all = module ? children(module) : [];
  const shown = all.slice(0, MOST_SHOWN).map(([name, one]) => `${name} (${classOf(one)})`);
  const more = all.length > shown.length ? `, … (${all.length})` : '';
  return all.length > 0 ? `the layers ${shown.join(', ')}${more}` : 'no layers';
}

/** Keys of the configurations that checkpoints carry. */
const CONFIGURATIONS = [
  'hyper_parameters',
  'config',
  'args',
  'model_descriptor',
  'model_struct_dict',
  'init_args',
];

function settingsText({ settings }: Checkpoint): string {
  for (const key of CONFIGURATIONS) {
    const entries = settings.at(key).entries();
    if (entries.length === 0) continue;
    const names = entries.slice(0, 8).map(([name, one]) => {
      const value = one.text() ?? one.number() ?? one.flag() ?? one.numbers()?.join(' ');
      return value === undefined ? name : `${name} ${String(value).slice(0, 40)}`;
    });
    return `, and a configuration (${key}: ${names.join(', ')})`;
  }
  return '';
}

function exportSnippet({ state }: Checkpoint): string {
  const first = state.names.map((name) => state.dims(name) ?? []).find((dims) => dims.length > 3);
  const channels = first?.[1] ?? 1;
  const space = Array((first?.length ?? 5) - 2).fill('64');
  const shape = [1, channels, ...space].join(', ');
  return `torch.onnx.export(network.eval(), torch.zeros(${shape}), "network.onnx")`;
}
