import type { NodeId } from '../../../graph/types.ts';
import type { PerAxis } from '../layers/options.ts';
import type { Building } from './family.ts';
import { activated, normed } from './monai.ts';

/** The four stages of a ResNet halve by this. */
export const STAGE_STRIDES = [1, 2, 2, 2] as const;

/** What lies between the convolutions of a ResNet. */
export interface Between {
  /** The modules of its norms are called by this and a number. */
  readonly called: 'bn' | 'norm';
  readonly norm: (path: string, x: NodeId) => NodeId;
  readonly activation: (path: string, x: NodeId) => NodeId;
}

/** Batch norm and ReLU; MONAI's arguments may name another norm, and another activation of the stem alone. */
const monai = (building: Building): Between => ({
  called: 'bn',
  norm: (path, x) => normed(building, 'norm', path, x),
  activation: (path, x) => building.layers.activation(path, x, { kind: 'relu' }),
});

/** Batch norm and ReLU, whatever the arguments of the network around it name. */
export const fixed = ({ layers }: Building): Between => ({
  called: 'bn',
  norm: (path, x) => layers.norm(path, x),
  activation: (path, x) => layers.activation(path, x, { kind: 'relu' }),
});

/** `conv1`, its norm and activation. */
export function stem(
  building: Building,
  path: string,
  x: NodeId,
  stride: PerAxis,
  between: Between = {
    ...monai(building),
    activation: (own, y) => activated(building, 'act', own, y, { kind: 'relu' }),
  },
): NodeId {
  const y = building.layers.conv(`${path}conv1`, x, { stride });
  return between.activation(`${path}act`, between.norm(`${path}${between.called}1`, y));
}

/** One stage, `layer1` to `layer4`: basic or bottleneck blocks. */
export function stage(
  building: Building,
  path: string,
  given: NodeId,
  stride: number,
  between = monai(building),
): NodeId {
  const { layers, state } = building;
  let x = given;
  for (let i = 0; i < state.count(path); i++)
    x = block(building, between, `${path}.${i}`, x, i === 0 ? stride : 1);
  return layers.end(path, x, 'Sequential');
}

function block(
  building: Building,
  between: Between,
  path: string,
  x: NodeId,
  stride: number,
): NodeId {
  const { layers, state } = building;
  const parts = state.hasModule(`${path}.conv3`) ? [1, 2, 3] : [1, 2];
  // The second convolution of a bottleneck is the one with the whole window.
  const strided = parts.length - 1;
  let y = x;
  for (const part of parts) {
    y = layers.conv(`${path}.conv${part}`, y, { stride: part === strided ? stride : 1 });
    y = between.norm(`${path}.${between.called}${part}`, y);
    if (part < parts.length) y = between.activation(`${path}.act`, y);
  }
  const channels = layers.channelsOf(y);
  const beside = shortcut(building, between, path, x, { stride, channels });
  const sum = layers.sum(`${path} (sum)`, [y, beside]);
  const kind = parts.length === 3 ? 'ResNetBottleneck' : 'ResNetBlock';
  return layers.end(path, between.activation(`${path}.act`, sum), kind);
}

/** A convolution and a norm (type B), or every second voxel and zeros for new channels (type A, without weights). */
function shortcut(
  { layers, state }: Building,
  between: Between,
  path: string,
  x: NodeId,
  { stride, channels }: { readonly stride: number; readonly channels: number },
): NodeId {
  const own = `${path}.downsample`;
  if (state.has(`${own}.0.weight`)) {
    const y = layers.conv(`${own}.0`, x, { stride });
    return layers.end(own, between.norm(`${own}.1`, y), 'Sequential');
  }
  const missing = channels - layers.channelsOf(x);
  const thin = stride === 1 ? x : layers.every(`${own} (every second voxel)`, x, stride);
  if (missing === 0) return thin;
  const space = layers.spaceOf(x).map(() => 0);
  return layers.padBehind(`${own} (new channels)`, thin, [...space, missing]);
}
