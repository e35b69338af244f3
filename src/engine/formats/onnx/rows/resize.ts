import type { ResizeAttributes } from '../../../graph/operators.ts';
import type { DataValue } from '../builder.ts';
import type { Context } from '../context.ts';

const COORDINATES: Readonly<Record<string, ResizeAttributes['coordinates']>> = {
  half_pixel: 'half-pixel',
  half_pixel_symmetric: 'half-pixel-symmetric',
  tf_half_pixel_for_nn: 'half-pixel-nearest',
  pytorch_half_pixel: 'pytorch-half-pixel',
  align_corners: 'align-corners',
  asymmetric: 'asymmetric',
};

const ROUNDING: Readonly<Record<string, ResizeAttributes['rounding']>> = {
  round_prefer_floor: 'round-prefer-floor',
  round_prefer_ceil: 'round-prefer-ceil',
  floor: 'floor',
  ceil: 'ceil',
};

function modeOf({ attrs, fail }: Context): ResizeAttributes['mode'] {
  const mode = attrs.text('mode', 'nearest');
  const antialias = attrs.int('antialias', 0) === 1;
  if (mode === 'nearest') return mode;
  const cubic = mode === 'cubic' ? attrs.float('cubic_coeff_a', -0.75) : null;
  if (cubic === null && mode !== 'linear') fail(`mode ${mode}`);
  const excludeOutside = attrs.int('exclude_outside', 0) === 1;
  if (cubic === null && !antialias && !excludeOutside) return 'linear';
  return { cubic, antialias, excludeOutside };
}

/** The one scale of all axes, where the file asks for it. */
function commonScale({ attrs, fail }: Context, scales: readonly number[]): number | undefined {
  const policy = attrs.text('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return undefined;
  if (policy === 'not_larger') return Math.min(...scales);
  return policy === 'not_smaller' ? Math.max(...scales) : fail(`aspect ratio ${policy}`);
}

function resized(
  context: Context,
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
  coordinates: string,
  rounding: string,
): DataValue {
  const { attrs, builder } = context;
  const x = context.data(0);
  const rank = x.dims.length;
  const given = attrs.ints('axes')?.map((axis) => context.axis(axis, rank));
  const along = given ?? x.dims.map((_, i) => i);
  const dims = [...x.dims];
  const factor = x.dims.map(() => 1);
  const common =
    sizes &&
    commonScale(
      context,
      along.map((axis, i) => sizes[i] / x.dims[axis]),
    );
  for (const [i, axis] of along.entries()) {
    const size = sizes && (common ? Math.floor(common * x.dims[axis] + 0.5) : sizes[i]);
    // In float32, as the file's scales are: 10 times 2.3 is 23.
    dims[axis] = size ?? Math.floor(Math.fround(x.dims[axis] * (scales?.[i] ?? Number.NaN)));
    factor[axis] = size === undefined ? (scales?.[i] as number) : (common ?? size / x.dims[axis]);
  }
  if (!COORDINATES[coordinates]) context.fail(`coordinates ${coordinates}`);
  if (!ROUNDING[rounding]) context.fail(`rounding ${rounding}`);
  if (dims.every((n, i) => n === x.dims[i])) return context.alias(x);
  // Channels last or first: an axis that keeps its size goes last.
  const kept = dims.findLastIndex((n, axis) => axis > 0 && n === x.dims[axis] && n > 1);
  const fixed = x.channel ?? (dims[1] === x.dims[1] ? 1 : kept);
  if (dims[0] !== x.dims[0] || fixed < 1 || dims[fixed] !== x.dims[fixed])
    context.fail('a resize along the channels');
  const space = x.dims.map((_, i) => i).filter((i) => i !== fixed && (i > 0 || dims[0] !== 1));
  const axes = [...space, fixed];
  return builder.data<'resize'>(context.origin(), dims, axes, fixed, {
    op: 'resize',
    attributes: {
      sizes: space.map((axis) => dims[axis]),
      scales: space.map((axis) => factor[axis]),
      mode: modeOf(context),
      coordinates: COORDINATES[coordinates],
      rounding: ROUNDING[rounding],
    },
    inputs: [builder.arranged(x, axes)],
  });
}

const some = (numbers: readonly number[] | undefined) => (numbers?.length ? numbers : undefined);

/** https://onnx.ai/onnx/operators/onnx__Resize.html */
export function resize(context: Context): DataValue {
  const { attrs, opset } = context;
  if (opset < 11)
    return resized(context, some(context.numbers(1)), undefined, 'asymmetric', 'floor');
  return resized(
    context,
    some(context.numbers(2)),
    some(context.numbers(3)),
    attrs.text('coordinate_transformation_mode', 'half_pixel'),
    attrs.text('nearest_mode', 'round_prefer_floor'),
  );
}

/** https://onnx.ai/onnx/operators/onnx__Upsample.html, up to opset 9 */
export function upsample(context: Context): DataValue {
  const scales = context.numbers(1) ?? context.attrs.floats('scales');
  return resized(context, scales, undefined, 'asymmetric', 'floor');
}
