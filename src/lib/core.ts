/** `respond-cam/core`: pure functions on typed arrays, in Node, browsers and workers alike. */
export * as cam from '../core/cam/index.ts';
export * from '../core/errors.ts';
export * as evaluation from '../core/evaluation/index.ts';
export * as exports from '../core/export/index.ts';
export * as metrics from '../core/metrics/index.ts';
export * as mrc from '../core/mrc/index.ts';
export * as npy from '../core/npy/index.ts';
export * as particles from '../core/particles/index.ts';
export * as simulate from '../core/simulate/index.ts';
export * as target from '../core/target/index.ts';
export * as volume from '../core/volume/index.ts';
