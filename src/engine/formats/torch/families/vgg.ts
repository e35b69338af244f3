import type { NodeId } from '../../../graph/types.ts';
import { type Building, byNames, type Family } from './family.ts';
import { numbered, numbersOf } from './numbered.ts';

const FIRST = 'features.0.weight';

/**
 * torchvision's VGG and networks after it. Only convolutions and batch norms have weights; a max-pooling is where a number
 * more is left out before the next convolution than the ReLU takes. It ends in one.
 */
export const vgg: Family = {
  find: byNames(FIRST, 'classifier.0.weight'),

  build(building) {
    const { layers, prefix, input } = building;
    const features = `${prefix}features`;
    const x = layers.end(features, convolutions(building, features, input), 'Sequential');
    const first = layers.dims(`${prefix}classifier.0.weight`);
    const edge = (first[1] / layers.channelsOf(x)) ** (1 / layers.spaceOf(x).length);
    const size = Math.round(edge);
    if (first.length !== 2 || size ** layers.spaceOf(x).length * layers.channelsOf(x) !== first[1])
      throw layers.refuse(
        `its classifier takes ${first[1]} numbers, and its features have ${layers.channelsOf(x)} channels`,
        'VGG as torchvision has it',
      );
    const pooled = layers.adaptivePool(`${prefix}avgpool`, x, size, 'mean');
    const flat = layers.flatten(`${prefix}flatten`, pooled);
    return [[`${prefix}classifier`, numbered(building, `${prefix}classifier`, flat)]];
  },

  facts({ state }) {
    const [, channels, ...window] = state.dims(`${state.prefixOf(FIRST)}${FIRST}`) ?? [];
    const colour = channels === 3 && window.length === 2;
    const notes = [
      'Its weights are named as VGG’s, so ReLU and max-pooling are taken to lie between them as there; layers.json says otherwise.',
    ];
    return { title: 'VGG', ...(colour ? { normalization: 'imagenet' as const } : { notes }) };
  },
};

function convolutions({ layers, state }: Building, path: string, given: NodeId): NodeId {
  const numbers = numbersOf(state, path);
  const pool = (at: number, x: NodeId) => layers.maxPool(`${path}.${at}`, x, { window: 2 });
  let x = given;
  /** The number behind the last module. */
  let next = 0;
  for (const n of numbers) {
    if (n > next) x = pool(next, x);
    const own = `${path}.${n}`;
    x = state.has(`${own}.running_var`) ? layers.batchNorm(own, x) : layers.conv(own, x);
    next = n + 1;
    if (!state.has(`${path}.${next}.running_var`)) {
      x = layers.activation(`${path}.${next}`, x, { kind: 'relu' });
      next++;
    }
  }
  return pool(next, x);
}
