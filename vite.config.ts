import { defineConfig } from 'vitest/config';
import { compress } from './scripts/compress.mjs';
import { pagePolicy, securityHeaders } from './scripts/headers.mjs';
import { licenses } from './scripts/licenses.mjs';
import { offline } from './scripts/offline.mjs';
import { preload } from './scripts/preload.mjs';
import { standalone } from './scripts/standalone.mjs';

/** Tests of what leaves nothing behind, which share the modules that they load. */
const SHARED = [
  '{cli,src/{core,state,ui,scene,slices,panels,app}}/**/*.test.{ts,tsx}',
  // Without the graphics device, which is one for a process.
  'src/engine/{explain,formats,graph,model,ops,segment,target,windows}/**/!(*-webgpu).test.ts',
];

export default defineConfig({
  base: './',
  plugins: [pagePolicy(), standalone(), preload(), offline(), licenses(), compress()],
  worker: { format: 'es', plugins: () => [licenses({ worker: true })] },
  // Workers bring these in late; naming them keeps the dev server from reloading in the middle.
  optimizeDeps: { entries: ['index.html', 'src/**/*worker.ts'] },
  build: {
    target: 'es2022',
    outDir: 'dist',
    chunkSizeWarningLimit: 2500,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        codeSplitting: {
          groups: [
            { name: 'entry', tags: ['$initial'], priority: 1 },
            // What draws the page, with all that it imports: one file rather than thirty.
            { name: 'render', test: /src\/app\/render\.tsx$/ },
          ],
        },
      },
      // What a folder hands out goes where it is used, not wherever something else of the folder is.
      treeshake: { moduleSideEffects: (id) => !/\/src\/core\/[^?]*index\.ts$/.test(id) },
      onwarn(warning, warn) {
        // Directives for React servers mean nothing in a bundle; unzipit asks for worker_threads in Node only.
        const harmless =
          warning.code === 'MODULE_LEVEL_DIRECTIVE' ||
          /^Module "worker_threads" .*\/unzipit\//.test(warning.message);
        if (!harmless) warn(warning);
      },
    },
  },
  server: { headers: securityHeaders({ dev: true }) },
  test: {
    environment: 'node',
    testTimeout: 60_000,
    // One more than cores: tests of processes wait for most of their time.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: SHARED,
          pool: 'threads',
          isolate: false,
        },
      },
      {
        extends: true,
        // TensorFlow.js keeps its backends, devices and kernels in globals.
        test: {
          name: 'engine',
          pool: 'forks',
          include: ['{src,scripts,bench,docs-site,workflow}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', ...SHARED],
        },
      },
    ],
  },
});
