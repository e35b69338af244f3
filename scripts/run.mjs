#!/usr/bin/env node
/** `node scripts/run.mjs ENTRY.ts [arguments]`: bundles a TypeScript entry and runs it in Node. */
import { ensureInstalled } from './setup.mjs';

const [entry, ...rest] = process.argv.slice(2);
if (!entry) {
  process.stderr.write('usage: node scripts/run.mjs ENTRY.ts [arguments]\n');
  process.exit(2);
}
ensureInstalled();
const { bundle } = await import('./bundle.mjs');
process.argv = [process.argv[0] ?? 'node', entry, ...rest];
await import(await bundle(entry));
