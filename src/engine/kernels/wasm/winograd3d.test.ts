import { expect, it } from 'vitest';
import { convInfo } from '../geometry.ts';
import { suitsWinograd } from './winograd3d.ts';

it.each([
  [40, 16, true, true],
  [10, 64, true, true],
  [5, 128, true, false],
  [3, 256, false, false],
  [2, 512, false, false],
  [10, 12, false, false],
])(
  'takes Winograd at %d^3 with %d channels: %s, for the filter gradient: %s, in any batch',
  (box, channels, convolution, filterGradient) => {
    for (const batch of [1, 3, 32]) {
      const filter = [3, 3, 3, channels, channels];
      const attributes = { strides: 1, pad: 'same', dilations: 1 };
      const info = convInfo([batch, box, box, box, channels], filter, attributes);
      expect(suitsWinograd(info, 'convolution')).toBe(convolution);
      expect(suitsWinograd(info, 'filterGradient')).toBe(filterGradient);
    }
  },
);
