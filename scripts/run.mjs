#!/usr/bin/env node
/** `node scripts/run.mjs ENTRY.ts [arguments]`: bundles a TypeScript entry and runs it in Node. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './setup.mjs';

const [entry, ...rest] = process.argv.slice(2);
if (!entry) {
  process.stderr.write('usage: node scripts/run.mjs ENTRY.ts [arguments]\n');
  process.exit(2);
}
ensureInstalled();
const { bundle } = await import('./bundle.mjs');
const url = await bundle(entry);
process.on('exit', () => rmSync(fileURLToPath(url), { force: true }));
process.argv = [process.argv[0] ?? 'node', entry, ...rest];
await import(url);
