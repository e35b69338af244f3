/**
 * Compiles `src/engine/kernels/wasm/assembly` (AssemblyScript) into `module.generated.ts`: the same
 * code with and without relaxed SIMD (fused multiply-add), as base64; and its folder `in-place`, for the memory
 * of tfjs's own module, likewise into `in-place/module.generated.ts`. `--check` compares only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { root } from './setup.mjs';

const folder = join(root, 'src/engine/kernels/wasm');
const SHARED = ['--sharedMemory', '--initialMemory', '16', '--maximumMemory', '32768'];

/**
 * @param {string} entry
 * @param {string[]} features
 * @param {string[]} memory
 */
async function compile(entry, features, memory) {
  /** @type {Uint8Array | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [
      entry,
      ...['-o', 'out.wasm', '-O3', '--runtime', 'stub', '--noAssert', '--disableWarning'],
      ...['--importMemory', ...memory],
      ...['simd', ...features].flatMap((feature) => ['--enable', feature]),
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
const HEAD = '// Made by scripts/build-kernels.mjs from assembly/; do not edit.\n';
const texts = {
  'module.generated.ts': `${HEAD}export const SIMD_MODULE =
  '${await compile('index.ts', ['threads'], SHARED)}';
export const RELAXED_SIMD_MODULE =
  '${await compile('index.ts', ['threads', 'relaxed-simd'], SHARED)}';
`,
  'in-place/module.generated.ts': `${HEAD}export const IN_PLACE_MODULE =
  '${await compile('in-place/index.ts', [], [])}';
export const RELAXED_IN_PLACE_MODULE =
  '${await compile('in-place/index.ts', ['relaxed-simd'], [])}';
`,
};
for (const [name, text] of Object.entries(texts)) {
  const target = join(folder, name);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`${name} is out of date: run npm run build:kernels\n`);
    process.exit(1);
  }
}
