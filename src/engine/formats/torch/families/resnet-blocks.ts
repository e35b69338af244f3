import type { NodeId } from '../../../graph/types.ts';
import type { Building } from './family.ts';

/** The four stages of a ResNet halve by this. */
export const STAGE_STRIDES = [1, 2, 2, 2] as const;

/** `conv1`, `bn1` and ReLU of MONAI's ResNet. */
export function stem({ layers }: Building, path: string, x: NodeId, stride: number): NodeId {
  const y = layers.batchNorm(`${path}bn1`, layers.conv(`${path}conv1`, x, { stride }));
  return layers.activation(`${path}act`, y, { kind: 'relu' });
}

/** One stage, `layer1` to `layer4`: basic or bottleneck blocks. */
export function stage(building: Building, path: string, given: NodeId, stride: number): NodeId {
  const { layers, state } = building;
  let x = given;
  for (let i = 0; i < state.count(path); i++)
    x = block(building, `${path}.${i}`, x, i === 0 ? stride : 1);
  return layers.end(path, x, 'Sequential');
}

function block(building: Building, path: string, x: NodeId, stride: number): NodeId {
  const { layers, state } = building;
  const parts = state.hasModule(`${path}.conv3`) ? [1, 2, 3] : [1, 2];
  // The second convolution of a bottleneck is the one with the whole window.
  const strided = parts.length - 1;
  let y = x;
  for (const part of parts) {
    y = layers.conv(`${path}.conv${part}`, y, { stride: part === strided ? stride : 1 });
    y = layers.batchNorm(`${path}.bn${part}`, y);
    if (part < parts.length) y = layers.activation(`${path}.act`, y, { kind: 'relu' });
  }
  const sum = layers.sum(`${path} (sum)`, [
    y,
    shortcut(building, path, x, stride, layers.channelsOf(y)),
  ]);
  const kind = parts.length === 3 ? 'ResNetBottleneck' : 'ResNetBlock';
  return layers.end(path, layers.activation(`${path}.act`, sum, { kind: 'relu' }), kind);
}

/** A convolution and a norm (type B), or every second voxel and zeros for new channels (type A, without weights). */
function shortcut(
  { layers, state }: Building,
  path: string,
  x: NodeId,
  stride: number,
  channels: number,
): NodeId {
  const own = `${path}.downsample`;
  if (state.has(`${own}.0.weight`)) {
    const y = layers.conv(`${own}.0`, x, { stride });
    return layers.end(own, layers.norm(`${own}.1`, y), 'Sequential');
  }
  const missing = channels - layers.channelsOf(x);
  const thin = stride === 1 ? x : layers.every(`${own} (every second voxel)`, x, stride);
  if (missing === 0) return thin;
  const space = layers.spaceOf(x).map(() => 0);
  return layers.padBehind(`${own} (new channels)`, thin, [...space, missing]);
}
