import { join } from 'node:path';
import { root } from '../setup.mjs';

/** Read by TensorFlow.js beside the module that asks for them. */
export const WASM = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'];
export const wasmFolder = join(root, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');

/**
 * Packages written for CommonJS look for the first three; the command line's modules find their folders as if they
 * lay in `cli/`. The names do not collide with those of a bundle, which may have a `URL` of its own.
 */
const BANNER = `
import { createRequire as respondCamRequire } from 'node:module';
import { dirname as respondCamFolder, resolve as respondCamResolve } from 'node:path';
import { fileURLToPath as respondCamPath, pathToFileURL as respondCamUrl } from 'node:url';
const require = respondCamRequire(import.meta.url);
const __filename = respondCamPath(import.meta.url);
const __dirname = respondCamFolder(__filename);
const respondCamModule = respondCamUrl(respondCamResolve(__dirname, '../../cli/bundle.mjs')).href;
`;

/**
 * How modules for Node are made that need no package.
 * @satisfies {import('esbuild').BuildOptions}
 */
export const NODE_BUNDLE = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  platform: /** @type {const} */ ('node'),
  mainFields: ['module', 'main'],
  format: /** @type {const} */ ('esm'),
  outExtension: { '.js': '.mjs' },
  target: 'node20',
  banner: { js: BANNER },
  external: ['webgpu'], // native, and installed by who wants it
  legalComments: /** @type {const} */ ('none'),
  logLevel: /** @type {const} */ ('error'),
};
