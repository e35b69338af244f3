import type { Activation, Sizes } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import { Settings } from '../../settings.ts';
import { activationOf } from '../activations.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Layers } from '../layers.ts';
import type { Building } from './family.ts';

/**
 * An argument that a network was built with: from the configuration (octopi's lies under `model`), else from what the
 * checkpoint keeps of it (Lightning's `hyper_parameters` and its like).
 */
export function stated({ config, settings }: Checkpoint, name: string): Settings {
  const places = [
    config.at('model'),
    config,
    config.at('network'),
    settings.at('hyper_parameters', 'model'),
    settings.at('hyper_parameters'),
    settings.at('model_config'),
    settings.at('config', 'model'),
    settings.at('config'),
  ];
  return places.find((place) => place.has(name))?.at(name) ?? new Settings(undefined);
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
