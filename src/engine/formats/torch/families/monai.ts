import type { Activation, Sizes } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import { Settings } from '../../settings.ts';
import { activationOf } from '../activations.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Layers } from '../layers/index.ts';
import type { Building } from './family.ts';

/** Arguments that only networks are built with; a dictionary with one of them holds those of a network. */
const OF_NETWORKS = [
  'spatial_dims',
  'strides',
  'channels',
  'features',
  'filters',
  'init_filters',
  'blocks_down',
  'num_res_units',
  'feature_size',
  'block_inplanes',
  'conv1_t_stride',
  'no_max_pool',
  'decoder_channels',
  'backbone',
];

/** Dictionaries that are looked into, and how deep. */
const MOST_LOOKED_INTO = 500;
const DEEPEST = 5;

/** Where what a checkpoint keeps of its network lies: Lightning's `hyper_parameters` and its like. */
const KEPT = ['hyper_parameters', 'model_config', 'config', 'model_args', 'args', 'hparams'];

/** What may hold the arguments of a network: the configuration (octopi's lies under `model`), then the checkpoint's own. */
function placesOf({ config, settings }: Checkpoint): readonly Settings[] {
  const given = [config.at('model'), config, config.at('network')];
  const kept = KEPT.flatMap((key) => [settings.at(key, 'model'), settings.at(key)]);
  const found = [config, ...KEPT.map((key) => settings.at(key))].flatMap(networksInside);
  return [...given, ...kept, ...found];
}

/** Dictionaries inside that hold arguments of a network, those nearest to the top first. */
function networksInside(settings: Settings): readonly Settings[] {
  const found: Settings[] = [];
  let level = [settings];
  let left = MOST_LOOKED_INTO;
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    level = level.flatMap((one) => one.entries().map(([, inner]) => inner)).slice(0, left);
    left -= level.length;
    found.push(...level.filter((one) => OF_NETWORKS.some((name) => one.has(name))));
  }
  return found;
}

/** An argument that a network was built with, as the configuration says or else the checkpoint. */
export function stated(checkpoint: Checkpoint, name: string): Settings {
  const found = placesOf(checkpoint).find((place) => place.has(name));
  return found?.at(name) ?? new Settings(undefined);
}

/**
 * A sentence on what was assumed, for a checkpoint that says nothing of the arguments of its network, so that what no
 * weight shows is the library's default.
 * @param what was assumed, and the arguments that say otherwise
 */
export function assumed(checkpoint: Checkpoint, what: string, names: string): string[] {
  const known = OF_NETWORKS.some((name) => stated(checkpoint, name).isThere);
  if (known || checkpoint.module) return [];
  return [
    `Its weights do not say all of it: ${what}, as MONAI has it by default; a configuration beside it, dropped with it or given with --config says otherwise (${names}).`,
  ];
}

/** MONAI's way to name a layer: `relu`, or `[leakyrelu, {negative_slope: 0.1}]`. */
export function named(setting: Settings): { readonly name?: string; readonly options: Settings } {
  const [first, options] = setting.list() ?? [setting];
  return { name: first?.text()?.toLowerCase(), options: options ?? new Settings(undefined) };
}

/** The activation that an argument names. */
export function activationNamed(layers: Layers, setting: Settings): Activation | undefined {
  const { name, options } = named(setting);
  if (name === undefined) return undefined;
  const found = activationOf(name, (key, otherwise) => options.at(key).number() ?? otherwise);
  if (found) return found;
  throw layers.refuse(
    `its activation '${name}' is not known`,
    'relu, leakyrelu, prelu, elu, gelu and their like',
  );
}

/** The activation of a module: the file's PReLU, else what the argument names, else the library's default. */
export function activated(
  { layers, checkpoint }: Building,
  argument: string,
  path: string,
  x: NodeId,
  otherwise: Activation,
): NodeId {
  const own = layers.state.has(`${path}.weight`) || layers.classAt(path) !== undefined;
  const found = own ? undefined : activationNamed(layers, stated(checkpoint, argument));
  return layers.activation(path, x, found ?? otherwise);
}

/** The norm of a module: the file's batch norm, else what the argument names, else an instance norm. */
export function normed(
  { layers, checkpoint, state }: Building,
  argument: string,
  path: string,
  x: NodeId,
): NodeId {
  const { name = 'instance', options } = named(stated(checkpoint, argument));
  const epsilon = options.at('eps').number() ?? 1e-5;
  if (state.has(`${path}.running_var`)) return layers.norm(path, x, epsilon);
  if (!/^(instance|group|batch|syncbatch)/.test(name))
    throw layers.refuse(`its norm '${name}' is not known`, 'instance, batch and group');
  const groups = name === 'group' ? options.at('num_groups').number() : undefined;
  return layers.norm(path, x, epsilon, groups);
}

/** MONAI's SubpixelUpsample: a convolution, its channels shuffled to voxels, and a mean against their pattern. */
export function subpixel(layers: Layers, path: string, x: NodeId, factor: Sizes): NodeId {
  const wide = layers.conv(`${path}.conv_block`, x);
  const large = layers.pixelShuffle(`${path} (shuffled)`, wide, factor);
  const pads = [...factor.map((n) => [n - 1, 0] as const), [0, 0] as const];
  const padded = layers.pad(`${path}.pad_pool.0`, large, pads);
  const mean = layers.averagePool(`${path}.pad_pool.1`, padded, { window: factor, stride: 1 });
  return layers.end(path, mean, 'SubpixelUpsample');
}
