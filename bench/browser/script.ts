import { build } from 'esbuild';

/** The text of a module with all that it imports, for a page or a worker of it. */
export async function pageScript(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    external: ['node:*'],
    logLevel: 'error',
  });
  return outputFiles[0].text;
}
