/**
 * Compiles `src/engine/kernels/wasm/assembly` (AssemblyScript) into `module.generated.ts`: the same
 * code with and without relaxed SIMD (fused multiply-add), as base64. `--check` compares only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { root } from './setup.mjs';

const folder = join(root, 'src/engine/kernels/wasm');
const target = join(folder, 'module.generated.ts');

/** @param {string[]} features */
async function compile(features) {
  /** @type {Uint8Array | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      ...['-o', 'out.wasm', '-O3', '--runtime', 'stub', '--noAssert', '--disableWarning'],
      ...['--importMemory', '--sharedMemory', '--initialMemory', '16', '--maximumMemory', '32768'],
      ...['simd', 'threads', ...features].flatMap((feature) => ['--enable', feature]),
    ],
    {
      readFile: (name, baseDir) => {
        try {
          return readFileSync(join(baseDir || '', name), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm') && typeof contents !== 'string') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw error ?? new Error(stderr.toString());
  return Buffer.from(binary).toString('base64');
}

process.chdir(join(folder, 'assembly'));
const text = `// Made by scripts/build-kernels.mjs from assembly/; do not edit.
export const SIMD_MODULE =
  '${await compile([])}';
export const RELAXED_SIMD_MODULE =
  '${await compile(['relaxed-simd'])}';
`;
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') === text) process.exit(0);
  process.stderr.write('module.generated.ts is out of date: run npm run build:kernels\n');
  process.exit(1);
}
writeFileSync(target, text);
