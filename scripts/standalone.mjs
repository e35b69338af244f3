import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './setup.mjs';

const ENTRY = join(root, 'src', 'app', 'standalone', 'viewer.ts');
const NAME = 'virtual:standalone-viewer';

/**
 * Vite plugin: the script of exported pages (`src/app/standalone/viewer.ts`) as one text.
 * @returns {import('vite').Plugin}
 */
export function standalone() {
  return {
    name: 'standalone-viewer',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    async load(id) {
      if (id !== `\0${NAME}`) return null;
      const { outputFiles } = await build({
        entryPoints: [ENTRY],
        bundle: true,
        write: false,
        minify: true,
        format: 'iife',
        target: 'es2022',
      });
      return `export default ${JSON.stringify(outputFiles[0].text)};`;
    },
  };
}
