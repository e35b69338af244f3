import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/**
 * What becomes smaller when compressed, with its type.
 * @type {Readonly<Record<string, string>>}
 */
export const COMPRESSED = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.bin': 'application/octet-stream',
};

/** Quality 11 takes ten times as long for the last twentieth. */
const QUALITY = 9;

/** Compressed copies, the smallest first: the name in `Content-Encoding`, the end of the file's name. */
export const CODINGS = /** @type {const} */ ([
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' },
]);

/** @type {Record<'br' | 'gzip', (bytes: Buffer) => Buffer>} */
const COMPRESS = {
  br: (bytes) =>
    brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: (bytes) => gzipSync(bytes, { level: 9 }),
};

/** Weights; for brotli they are no smaller, and a copy that saves less than a tenth only takes room. */
const WEIGHTS = { extension: '.bin', codings: ['gzip'], most: 0.9 };

/** Below this a response fits a packet either way. */
const MIN_BYTES = 1400;

/**
 * Vite plugin: puts compressed copies beside the files of the build, for servers that hand them out.
 * @returns {import('vite').Plugin}
 */
export function compress() {
  let folder = '';
  return {
    name: 'compress',
    apply: 'build',
    enforce: 'post',
    configResolved: ({ root, build }) => {
      folder = resolve(root, build.outDir);
    },
    closeBundle: () => compressBelow(folder),
  };
}

/** @param {string} folder */
export function compressBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) compressBelow(path);
    if (!(extname(path) in COMPRESSED) || statSync(path).size < MIN_BYTES) continue;
    const bytes = readFileSync(path);
    const weights = path.endsWith(WEIGHTS.extension);
    for (const { name, extension } of CODINGS) {
      if (weights && !WEIGHTS.codings.includes(name)) continue;
      const packed = COMPRESS[name](bytes);
      const most = weights ? WEIGHTS.most : 1;
      if (packed.length < most * bytes.length) writeFileSync(path + extension, packed);
    }
  }
}
