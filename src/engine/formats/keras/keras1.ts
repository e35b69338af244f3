import type { Json } from './config.ts';

/** What Keras 1 called the settings of its layers, and what Keras 2 and 3 call them. */
const RENAMED: Readonly<Record<string, string>> = {
  nb_filter: 'filters',
  output_dim: 'units',
  subsample: 'strides',
  subsample_length: 'strides',
  stride: 'strides',
  atrous_rate: 'dilation_rate',
  border_mode: 'padding',
  bias: 'use_bias',
  pool_length: 'pool_size',
  filter_length: 'kernel_size',
  length: 'size',
};

/** Windows, a setting per axis. */
const WINDOWS = [
  ['kernel_dim1', 'kernel_dim2', 'kernel_dim3'],
  ['nb_row', 'nb_col'],
];

const MERGES: Readonly<Record<string, string>> = {
  sum: 'Add',
  mul: 'Multiply',
  ave: 'Average',
  max: 'Maximum',
  concat: 'Concatenate',
};

const ORDERS: Readonly<Record<string, string>> = { tf: 'channels_last', th: 'channels_first' };

/** Class and configuration of a layer in the words of Keras 2 and 3. */
export function inTodaysWords(
  className: string,
  config: Json,
): { readonly className: string; readonly config: Json } {
  const renamed: Record<string, unknown> = { ...config };
  for (const [old, now] of Object.entries(RENAMED))
    if (old in config && !(now in config)) renamed[now] = config[old];
  for (const axes of WINDOWS)
    if (axes.every((axis) => axis in config)) renamed.kernel_size = axes.map((a) => config[a]);
  const order = typeof config.dim_ordering === 'string' ? ORDERS[config.dim_ordering] : undefined;
  if (order) renamed.data_format = order;
  if (className !== 'Merge') return { className, config: renamed };
  const merge = typeof config.mode === 'string' ? MERGES[config.mode] : undefined;
  if (merge === 'Concatenate') renamed.axis = config.concat_axis ?? -1;
  return { className: merge ?? className, config: renamed };
}

/** Theano stores kernels mirrored, and files of Keras 1 do not say which of its backends wrote them. */
export const isOfTheano = (config: Json) => config.dim_ordering === 'th' && 'nb_filter' in config;
