import {
  either,
  type Infer,
  line,
  list,
  number,
  object,
  oneOf,
  pathWithin,
  whole,
} from '../schema/index.ts';

/** What of `public/templates/index.json` is needed to simulate. */
export const templateList = object({
  voxelSize: number({ min: 0.1, max: 1000, unit: 'Å' }),
  classes: list(object({ id: line(100), name: line(1000), file: pathWithin }), {
    min: 1,
    max: 4096,
  }),
});

/** What of `public/samples/index.json` is needed to show its volumes. */
export const sampleList = list(
  object(
    {
      id: line(200),
      path: pathWithin,
      title: line(1000),
      /** Id of the true class. */
      classId: line(100),
      /** Name of the true class. */
      className: line(1000),
      /** Position of the true class among the bundled networks' classes. */
      classIndex: whole({ max: 4095 }),
      /** Signal-to-noise ratio of the simulation; `inf` when noise-free. */
      snr: either(number({ min: 0 }), oneOf('inf')),
    },
    {
      /** Of the molecule: unit quaternion `[w, x, y, z]`, and Å from the middle of the box. */
      rotation: list(number({ min: -1, max: 1 }), { min: 4, max: 4 }),
      shift: list(number({ min: -1e4, max: 1e4 }), { min: 3, max: 3 }),
    },
  ),
  { max: 10_000 },
);

export type ListedSample = Infer<typeof sampleList>[number];
