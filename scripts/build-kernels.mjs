/**
 * Compiles `src/engine/kernels/wasm/assembly` (AssemblyScript) into `module.generated.ts`: the same
 * code with and without relaxed SIMD (fused multiply-add), as base64, for the memory of tfjs's own module. `--check`
 * compares only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { argumentsOf } from './arguments.mjs';
import { root } from './setup.mjs';

const { values } = argumentsOf('npm run build:kernels [-- --check]', {
  options: {
    check: { type: 'boolean', default: false },
  },
});

const folder = join(root, 'src/engine/kernels/wasm');
/** 4 GiB, as tfjs's own. */
const PAGES = '65536';

/**
 * @param {string} entry
 * @param {string[]} features
 */
async function compile(entry, features) {
  /** @type {Uint8Array | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [
      entry,
      ...['-o', 'out.wasm', '-O3', '--runtime', 'stub', '--noAssert', '--disableWarning'],
      ...['--importMemory', '--maximumMemory', PAGES],
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
  '${await compile('index.ts', [])}';
export const RELAXED_SIMD_MODULE =
  '${await compile('index.ts', ['relaxed-simd'])}';
`,
};
for (const [name, text] of Object.entries(texts)) {
  const target = join(folder, name);
  if (!values.check) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`${name} is out of date: run npm run build:kernels\n`);
    process.exit(1);
  }
}
