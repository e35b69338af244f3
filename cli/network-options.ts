import { NORMALIZATIONS } from '../src/core/volume/index.ts';
import type { BackendChoice } from '../src/engine/types.ts';

export const BACKENDS = [
  'auto',
  'webgpu',
  'wasm',
  'cpu',
] as const satisfies readonly BackendChoice[];
export const NORMALIZE = ['model', ...NORMALIZATIONS] as const;

/** Flags that name a network and what lies beside it. */
export const NETWORK_OPTIONS = {
  model: { type: 'string', value: 'MODEL', help: 'the network, as in explain' },
  weights: { type: 'string', value: 'FILE', help: 'weights kept apart, as in explain' },
  labels: { type: 'string', value: 'FILE', help: 'names of the classes, as in explain' },
  config: { type: 'string', value: 'FILE', help: 'what a checkpoint is built by, as in explain' },
} as const;

/** Flags that say how values become what the network takes. */
export const SCALING_OPTIONS = {
  normalize: { type: 'string', value: 'HOW', help: NORMALIZE.join(', '), default: 'model' },
  invert: { type: 'boolean', help: 'invert the contrast (about the mean)' },
} as const;

export const BACKEND_OPTION = {
  backend: { type: 'string', value: 'NAME', help: BACKENDS.join(', '), default: 'auto' },
} as const;
