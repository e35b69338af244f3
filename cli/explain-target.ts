import { AppError, badInput } from '../src/core/errors.ts';
import { readNpy } from '../src/core/npy/index.ts';
import { openSource, toFloat32 } from '../src/core/volume/index.ts';
import type { Region, Statistics, Target, TargetKind, TargetRequest } from '../src/engine/types.ts';
import { withFile } from './files.ts';
import { mapTo } from '../src/core/typed-arrays.ts';

const KINDS: readonly TargetKind[] = ['class', 'difference', 'value', 'segmentation', 'similarity'];
const STATISTICS: readonly Statistics[] = ['plain', 'frozen'];
const REGIONS = 'predicted, ball:z,y,x,r, box:z0,y0,x0,z1,y1,x1, mask:FILE';

/** Options of `explain` that say what is explained. */
export const TARGET_OPTIONS = {
  output: {
    type: 'string',
    value: 'NAME',
    help: 'an output, or a value inside the network (default: the main output)',
  },
  target: {
    type: 'string',
    value: 'KIND',
    help: `${KINDS.join(', ')} (default: class for vectors, segmentation for outputs in space)`,
  },
  against: { type: 'string', value: 'N', help: 'difference: the class that is subtracted' },
  region: { type: 'string', value: 'REGION', help: `segmentation: ${REGIONS}` },
  reference: {
    type: 'string',
    value: 'FILES',
    help: 'similarity: vectors (.npy) or volumes that the network makes vectors of, comma-separated',
  },
  parity: {
    type: 'string',
    value: 'FILE',
    help: 'the output as PyTorch or Keras gives it, .npy: say how far off this one is',
  },
  statistics: {
    type: 'string',
    value: 'HOW',
    help: 'plain or frozen: how instance, group, layer and RMS norms are differentiated (default: frozen where one follows the layer)',
  },
} as const;

type TargetValues = { readonly [K in keyof typeof TARGET_OPTIONS]?: string };

/** @throws AppError `bad-input` for what is no target, and for files that cannot be read */
export async function targetRequest(
  values: TargetValues,
): Promise<TargetRequest & { readonly statistics?: Statistics; readonly references?: string[] }> {
  const { output, statistics } = values;
  const known = STATISTICS.find((one) => one === statistics);
  if (statistics !== undefined && !known)
    throw badInput(`--statistics ${statistics}; accepted: ${STATISTICS.join(', ')}`);
  return {
    ...(output !== undefined && { output }),
    ...(known && { statistics: known }),
    ...(kindOf(values) === 'similarity'
      ? { references: referencesOf(values) }
      : { target: await targetOf(values) }),
  };
}

async function targetOf(values: TargetValues): Promise<Target | undefined> {
  const { against, region } = values;
  const kind = kindOf(values);
  refuseOthers(
    kind,
    { against: 'difference', region: 'segmentation', reference: 'similarity' },
    values,
  );
  switch (kind) {
    case undefined:
      return undefined;
    case 'difference':
      if (!/^\d+$/.test(against ?? ''))
        throw badInput(`--against ${against ?? 'is missing'}; accepted: the number of a class`);
      return { kind, against: Number(against) };
    case 'segmentation':
      return { kind, region: await regionOf(region ?? 'predicted') };
    case 'similarity':
      throw new AppError('internal', 'references are read when the network is there');
    default:
      return { kind };
  }
}

/** Files of the references. */
function referencesOf(values: TargetValues): string[] {
  const { reference } = values;
  refuseOthers('similarity', { against: 'difference', region: 'segmentation' }, values);
  if (reference === undefined)
    throw badInput('--reference is missing; accepted: vectors (.npy) or volumes');
  return reference.split(',');
}

/** What the other options imply counts where `--target` is not given. */
function kindOf({ target, against, region, reference }: TargetValues): TargetKind | undefined {
  if (target === undefined) {
    if (against !== undefined) return 'difference';
    if (region !== undefined) return 'segmentation';
    return reference === undefined ? undefined : 'similarity';
  }
  const kind = KINDS.find((one) => one === target);
  if (!kind) throw badInput(`--target ${target}; accepted: ${KINDS.join(', ')}`);
  return kind;
}

function refuseOthers(
  kind: TargetKind | undefined,
  owners: Readonly<Partial<Record<keyof TargetValues, TargetKind>>>,
  values: TargetValues,
): void {
  for (const [option, owner] of Object.entries(owners)) {
    if (values[option as keyof TargetValues] !== undefined && kind !== owner)
      throw badInput(`--${option} goes with --target ${owner}, not with ${kind}`);
  }
}

async function regionOf(text: string): Promise<Region> {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  if (kind === 'predicted' && colon < 0) return { kind };
  if (kind === 'mask' && rest !== '') return { kind, voxels: await maskOf(rest) };
  const numbers = rest.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const finite = numbers.every(Number.isFinite);
  if (kind === 'ball' && finite && (numbers.length === 4 || numbers.length === 3))
    return { kind, centre: numbers.slice(0, -1), radius: numbers[numbers.length - 1] };
  if (kind === 'box' && finite && (numbers.length === 6 || numbers.length === 4)) {
    const half = numbers.length / 2;
    return { kind, from: numbers.slice(0, half), to: numbers.slice(half) };
  }
  throw badInput(`--region ${text}; accepted: ${REGIONS}`);
}

function maskOf(path: string): Promise<Uint8Array> {
  return withFile(path, async (source) => {
    const { volume } = await (await openSource(source)).read(0);
    return mapTo(new Uint8Array(volume.data.length), volume.data, (value) => (value === 0 ? 0 : 1));
  });
}

export function vectorOf(path: string): Promise<Float32Array> {
  return withFile(path, async (source) => {
    const bytes = await source.read(0, source.size);
    return toFloat32(readNpy(bytes, path).data);
  });
}
