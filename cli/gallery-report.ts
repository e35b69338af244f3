import { correlation } from '../src/core/cam/index.ts';
import { computeStats } from '../src/core/volume/index.ts';
import type { ModelInfo } from '../src/engine/types.ts';
import type { GalleryClass } from './gallery-files.ts';
import { columns } from './parse.ts';

interface About {
  readonly model: string;
  readonly layer: string;
  readonly layerShape: readonly number[];
  readonly method: string;
  readonly list: string;
  readonly tomogram: string | null;
  readonly seconds: number;
}

/** The JSON document of `gallery`. */
export function galleryDocument(about: About, classes: readonly GalleryClass[]) {
  return {
    ...about,
    classes: classes.map(({ name, index, input, map, scores, sums, right, turned }) => {
      const mean = map.mean();
      const { min, max } = computeStats(mean);
      const spread = computeStats(map.spread());
      return {
        name,
        index,
        particles: input.count,
        turned,
        right,
        score: summary(scores),
        mapSum: summary(sums),
        map: { min, max },
        /** Root mean square of the standard deviations over the largest magnitude of the mean map. */
        spread: Math.hypot(spread.mean, spread.std) / (Math.max(-min, max) || 1),
        /** Of the mean map's magnitude with that of the mean input. */
        correlation: correlation(mean.map(Math.abs), input.mean().map(Math.abs)),
      };
    }),
  };
}

function summary(values: readonly number[]) {
  const { mean, std } = computeStats(Float64Array.from(values));
  return { mean, std };
}

/** The same as text. */
export function galleryLines(
  { title }: ModelInfo,
  { classes, layer, layerShape, method, seconds }: ReturnType<typeof galleryDocument>,
  folder: string,
): string[] {
  const grid = layerShape.slice(0, -1).join(' x ');
  const total = classes.reduce((sum, { particles }) => sum + particles, 0);
  const turned = classes.reduce((sum, one) => sum + one.turned, 0);
  return [
    `${title}, ${method} at ${layer} (${grid}): ${total} particles of ${classes.length} ${classes.length === 1 ? 'class' : 'classes'}${turned === 0 ? ', not turned: the list has no angles' : ''}; ${seconds.toFixed(1)} s. Written to ${folder}.`,
    ...columns(
      classes.map((one) => [
        one.name,
        `${one.particles} particles, ${one.right} called so; score ${one.score.mean.toFixed(2)} ± ${one.score.std.toFixed(2)}; maps differ by ${(100 * one.spread).toFixed(0)}% of the mean map's largest value`,
      ]),
    ),
  ];
}
