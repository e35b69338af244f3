import { agreementOf, differenceMap } from '../src/core/agreement/index.ts';
import { badInput } from '../src/core/errors.ts';
import { writeMrc } from '../src/core/mrc/index.ts';
import { writeNpy } from '../src/core/npy/index.ts';
import {
  boxSize,
  type Grid,
  lengthText,
  lengthUnitOf,
  openSource,
  regrid,
  type SourceVolume,
  toFloat32,
  VOLUME_ENDINGS_TEXT,
} from '../src/core/volume/index.ts';
import { defineCommand } from './command.ts';
import { agreementPhrase, lengthFactor } from './explain-where.ts';
import { withFile } from './files.ts';
import { READING_OPTIONS, readingOptions } from './input-options.ts';
import { writeAtomically } from './write.ts';

/** Boxes may differ by so much of an edge, which rounded voxel sizes do. */
const SAME_BOX = 0.01;

export const command = defineCommand({
  usage: 'A B',
  positionals: [2, 2],
  about: [
    'Compares two heatmaps over the same box, on the finer of their grids: cosine, rank correlation (Spearman),',
    'overlap (IoU) of the voxels with the largest 1, 5 and 10% of the values, and how far the centre of what',
    'speaks for the class moves. explain --out writes heatmaps.',
    `A, B: ${VOLUME_ENDINGS_TEXT}.`,
  ].join('\n'),
  options: {
    ...READING_OPTIONS,
    out: { type: 'string', value: 'FILE', help: 'write A - B there, .npy or .mrc' },
    json: { type: 'boolean', help: 'one JSON document on stdout instead of text' },
  },
  async run([pathA, pathB], values, io) {
    const { out } = values;
    if (out !== undefined && !/\.(npy|mrc)$/.test(out))
      throw badInput(`--out ${out}; accepted: a name that ends in .npy or .mrc`);
    const reading = readingOptions(values);
    const [a, b] = await Promise.all(
      [pathA, pathB].map((path) =>
        withFile(path, async (source) => {
          const { volume } = await (await openSource(source, reading)).read(0);
          const bad = volume.data.findIndex((value) => !Number.isFinite(value));
          if (bad >= 0)
            throw badInput(
              `${path}: it holds ${volume.data[bad]} at index ${bad}; accepted: finite numbers`,
            );
          return { ...volume, data: toFloat32(volume.data) };
        }),
      ),
    );
    const box = boxFor([pathA, a], [pathB, b]);
    const unit = lengthUnitOf(box, 'nm');
    const agreement = agreementOf(a, b, box);
    // All voxels are ranked here.
    const { shift, sampled: _, ...found } = agreement;
    if (out !== undefined) {
      const { data, shape } = differenceMap(a, b);
      const grid = regrid(box, shape);
      const { voxelSizeKnown } = box;
      const bytes = out.endsWith('.npy')
        ? writeNpy(data, shape)
        : writeMrc({ ...grid, data }, { labels: [`${pathA} - ${pathB}`], voxelSizeKnown });
      await writeAtomically(out, bytes);
    }
    if (values.json) {
      const scaled = shift === null ? null : shift * lengthFactor(unit);
      io.json({ a: pathA, b: pathB, ...found, shift: scaled, lengthUnit: unit });
    } else {
      io.print(agreementPhrase(agreement, unit));
      if (out !== undefined) io.print(`${out}: A - B`);
    }
  },
});

type Named = readonly [path: string, volume: SourceVolume<Float32Array>];

/** The box of both; the one whose voxel size is known where one is. Throws `bad-input` when they have different ones. */
function boxFor([, a]: Named, [pathB, b]: Named): Grid & { readonly voxelSizeKnown: boolean } {
  if (!a.voxelSizeKnown || !b.voxelSizeKnown) return b.voxelSizeKnown ? b : a;
  const [sizeA, sizeB] = [boxSize(a), boxSize(b)];
  if (sizeA.some((size, axis) => Math.abs(size - sizeB[axis]) > SAME_BOX * size))
    throw badInput(
      `${pathB}: its box of ${lengthText(sizeB)} is not that of the other, ${lengthText(sizeA)}; accepted: maps over the same box`,
    );
  return a;
}
