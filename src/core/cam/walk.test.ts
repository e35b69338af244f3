import { describe, expect, it } from 'vitest';
import { channelStats } from './channels.ts';
import { classMaps } from './maps.ts';
import { channelOf, channelRows, type LayerChannels, partialMap } from './walk.ts';

const channels = 5;
const voxels = 27;
/** `[voxels, channels]`, the last channel of activations that cancel. */
const a = Float32Array.from({ length: channels * voxels }, (_, i) =>
  i % channels === 4
    ? (i - 4) / channels === 0
      ? 1
      : (i - 4) / channels === 1
        ? -1
        : 0
    : Math.abs(Math.sin(i)),
);
const g = Float32Array.from({ length: channels * voxels }, (_, i) => Math.cos(1 + 3 * i));
const turned = (values: Float32Array) =>
  Float32Array.from(values, (_, i) => values[(i % voxels) * channels + Math.floor(i / voxels)]);
const layer: LayerChannels = {
  ...{ channels, activations: turned(a), gradients: turned(g), stats: channelStats(a, channels) },
};
const rows = channelRows(layer);
const { maps } = classMaps({ a, g, channels }, ['respond', 'grad']);

describe('a map channel by channel', () => {
  it.each(['respond', 'grad'] as const)('adds up to the map of %s', (method) => {
    const whole = partialMap(layer, rows, method);
    for (const [v, value] of maps[method]!.data.entries()) expect(whole[v]).toBeCloseTo(value, 5);
    const added = rows.reduce((sum, { adds }) => sum + adds[method], 0);
    expect(added).toBeCloseTo(maps[method]!.sum, 4);
    const some = partialMap(layer, rows.slice(0, 2), method);
    const rest = partialMap(layer, rows.slice(2), method);
    for (const [v, value] of whole.entries()) expect(some[v] + rest[v]).toBeCloseTo(value, 5);
  });

  it('begins with what adds most, and has no weight where the sum of a channel vanishes', () => {
    const most = rows.map(({ adds }) => Math.abs(adds.respond));
    expect(most).toEqual([...most].sort((x, y) => y - x));
    const cancelling = rows.find(({ index }) => index === 4)!;
    expect(cancelling).toMatchObject({ unsafe: true, alpha: { respond: null } });
    expect(channelOf(layer.activations, channels, 4)[1]).toBe(-1);
  });
});
