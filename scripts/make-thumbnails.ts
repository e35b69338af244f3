/**
 * Makes the small pictures of the sample gallery: `thumbnails.png` has one of each under each other, in the order
 * of `index.json`.
 *
 *     node scripts/run.mjs scripts/make-thumbnails.ts [--samples public/samples]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodePng } from '../src/core/picture/write-png.ts';
import type { SampleEntry } from '../src/core/simulate/index.ts';
import { openVolume, thumbnailOf } from '../src/core/volume/index.ts';

/** Pixels along an edge. */
const EDGE = 40;

const { values } = parseArgs({
  options: { samples: { type: 'string', default: 'public/samples' } },
});
const read = (name: string) => readFileSync(join(values.samples, name));
const samples: SampleEntry[] = JSON.parse(read('index.json').toString());
const sheet = new Uint8ClampedArray(samples.length * 4 * EDGE ** 2);
samples.forEach(({ path }, i) => {
  const name = basename(path);
  const { volume } = openVolume(new Uint8Array(read(name)), name);
  sheet.set(thumbnailOf(volume, EDGE).rgba, i * 4 * EDGE ** 2);
});
const png = encodePng(sheet, EDGE, EDGE * samples.length);
writeFileSync(join(values.samples, 'thumbnails.png'), png);
process.stderr.write(`${samples.length} pictures in ${values.samples}\n`);
