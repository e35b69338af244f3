import type { Sizes } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import type { Building } from './family.ts';
import { activated, normed } from './monai.ts';

/** MONAI's, if nothing else is stated. */
const LEAKY = { kind: 'leakyRelu', slope: 0.01 } as const;

interface BlockOptions {
  readonly stride: number | Sizes;
  /** Whether a shortcut goes round it: a convolution where it has `conv3`. */
  readonly residual: boolean;
}

/** MONAI's UnetBasicBlock and UnetResBlock: two convolutions with norms. */
export function unetBlock(
  building: Building,
  path: string,
  x: NodeId,
  { stride, residual }: BlockOptions,
): NodeId {
  const { layers, state } = building;
  const convolution = (name: string, from: NodeId, by: number | Sizes) => {
    const at = `${path}.${name}`;
    const window = layers.dims(`${at}.conv.weight`).slice(2);
    const strides = typeof by === 'number' ? window.map(() => by) : by;
    const padding = window.map((k, axis) => Math.floor((k - strides[axis] + 1) / 2));
    const y = layers.conv(`${at}.conv`, from, { stride: strides, padding });
    const out = layers.end(at, y, 'Convolution');
    return normed(building, 'norm_name', `${path}.norm${name.at(-1)}`, out);
  };
  const active = (y: NodeId) => activated(building, 'act_name', `${path}.lrelu`, y, LEAKY);
  const inner = convolution('conv2', active(convolution('conv1', x, stride)), 1);
  if (!residual) return layers.end(path, active(inner), 'UnetBasicBlock');
  const shortcut = state.hasModule(`${path}.conv3`) ? convolution('conv3', x, stride) : x;
  return layers.end(path, active(layers.sum(`${path} (sum)`, [inner, shortcut])), 'UnetResBlock');
}
