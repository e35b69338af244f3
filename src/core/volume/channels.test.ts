import { expect, it } from 'vitest';
import { prepareChannels } from './channels.ts';
import { usualScaling } from './scaling.ts';

const plane = (data: number[], ny: number, nx: number) => ({
  data: Float32Array.from(data),
  shape: [1, ny, nx] as const,
  voxelSize: [1, 1, 1] as const,
  voxelSizeKnown: false,
  origin: [0, 0, 0] as const,
});

it('covers the box in proportion and cuts both sides alike', () => {
  // 2 x 8 pixels of columns 0..7 onto 1 x 2: scaled by 1/2, columns 2..5 stay.
  const columns = plane(
    [...Array(2)].flatMap(() => [0, 1, 2, 3, 4, 5, 6, 7]),
    2,
    8,
  );
  const { data, steps } = prepareChannels([columns], { shape: [1, 1, 2] }, { fit: 'cover' });
  expect(data[0]).toBeCloseTo(2.5, 5);
  expect(data[1]).toBeCloseTo(4.5, 5);
  expect(steps.join()).toMatch(/Scaled by 0.5 .* cut about the centre/);
});

it.each([
  ['unit', [1, 0, 0.2]],
  ['signed', [1, -1, -0.6]],
  ['imagenet', [(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225]],
  ['caffe', [51 - 103.939, 0 - 116.779, 255 - 123.68]],
] as const)('scales the samples of pictures: %s', (normalization, expected) => {
  const planes = [255, 0, 51].map((value) => plane([value], 1, 1));
  const { data } = prepareChannels(planes, { shape: [1, 1, 1], normalization });
  expected.forEach((value, c) => void expect(data[c]).toBeCloseTo(value, 4));
});

it('takes what is usual for the kind of network, and nothing where that scales by itself', () => {
  const network = { inputShape: [8, 8, 3], origin: 'Keras 3 archive', layers: [{ kind: 'Input' }] };
  expect(usualScaling(network)).toBe('signed');
  expect(usualScaling({ ...network, origin: 'ONNX, opset 17, pytorch 2.6' })).toBe('imagenet');
  expect(usualScaling({ ...network, inputShape: [8, 8, 1] })).toBe('unit');
  const layers = [{ kind: 'Input' }, { kind: 'Rescaling' }];
  expect(usualScaling({ ...network, layers })).toBe('none');
});
