import { badFile } from '../../../core/errors.ts';
import { parseJson } from '../../../core/schema/index.ts';
import type { Sizes } from '../../graph/operators.ts';
import type { Graph } from '../../graph/types.ts';
import type { ModelSidecar } from '../../model/sidecar.ts';
import { Settings } from '../settings.ts';
import { readTar } from '../tar.ts';
import { kerasH5Graph } from './files.ts';

const ACCEPTED = 'a network of Ais (.scnm), a tar of …_weights.h5 and …_metadata.json';

/** Å; less is no size. */
const MIN_VOXEL = 0.05;

export interface AisNetwork {
  readonly graph: Graph;
  /** The tool's own: `title`, `apix`, `box_size`, `normalization`, `threshold`. */
  readonly metadata: Settings;
}

/**
 * A network of Ais. The axes of its input are y, x and, for slabs, z.
 * @throws AppError `bad-file`, `unsupported`
 */
export function aisNetwork(bytes: Uint8Array, file: string, inputShape?: Sizes): AisNetwork {
  const entries = readTar(bytes, file, ACCEPTED);
  const named = (ending: string) => [...entries].find(([name]) => name.endsWith(ending));
  const weights = named('_weights.h5') ?? named('.h5');
  if (!weights) throw badFile(file, 'a tar archive without the weights of a network', ACCEPTED);
  const described = named('_metadata.json');
  const document = { file: `${file} (${described?.[0]})`, accepted: 'JSON', maxBytes: 2 ** 20 };
  const metadata = new Settings(described && parseJson(described[1], document));
  const edge = metadata.at('box_size').number();
  const depth = metadata.at('model_depth').number() ?? 1;
  const usualShapes =
    edge === undefined || edge < 1
      ? []
      : [
          [edge, edge],
          [edge, edge, depth],
        ];
  const given = { file: `${file} (${weights[0]})`, inputShape, usualShapes };
  return { graph: kerasH5Graph(weights[1], given), metadata };
}

/** By the middle of the tomogram's slices, as its file says; else each box is standardised. */
const WHOLE: Readonly<Record<string, 'median' | 'deviation'>> = {
  global_mad: 'median',
  global_std: 'deviation',
};

function normalizationOf(how: string | undefined): Pick<ModelSidecar, 'normalization' | 'steps'> {
  const spread = how !== undefined && Object.hasOwn(WHOLE, how) ? WHOLE[how] : undefined;
  if (spread === undefined) return { normalization: 'zscore' };
  const step = { id: 'middle_zero_mean_unit_variance', spread, eps: 1e-7 } as const;
  return { normalization: 'preprocessing', steps: [step] };
}

/** What Ais does to a volume. */
export function aisFacts({ metadata, graph }: AisNetwork): {
  readonly facts: ModelSidecar;
  readonly notes: readonly string[];
} {
  const title = metadata.at('title').text()?.slice(0, 200);
  const apix = metadata.at('apix').number() ?? -1;
  const how = metadata.at('normalization').text();
  const { shape } = graph.nodes[graph.inputs[0]];
  const slab = shape.length === 4;
  // y and x, which come first in a slab.
  const plane = slab ? [0, 1] : [1, 2];
  const sections = slab ? 1 : shape[2];
  const edge = metadata.at('box_size').number();
  return {
    facts: {
      ...(title && { title, classes: [title] }),
      ...(apix > MIN_VOXEL && { voxelSize: apix }),
      ...normalizationOf(how),
      tiling: {
        overlap: 0.2,
        blending: 'average',
        mirror: plane,
        exchange: plane,
        standardised: how === undefined,
        ...(slab && { axes: [1, 2, 0] }),
        ...(sections > 1 && { sections }),
        ...(edge !== undefined && { tile: slab ? [edge, edge, shape[2]] : [edge, edge] }),
      },
    },
    notes:
      how === undefined || Object.hasOwn(WHOLE, how)
        ? []
        : [
            `Ais normalises by ${how.slice(0, 40)}, which is not known here; the volume is standardised.`,
          ],
  };
}
