import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './setup.mjs';

/** The package that a module belongs to, as the path of its folder. */
const PACKAGE = /^(?!\(disabled\)).*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

/**
 * The licences of the packages whose modules went into a bundle, which ask to go along.
 * @param {Iterable<string>} modules paths, relative ones to the project's folder
 * @returns {string}
 */
export function licensesOf(modules) {
  const folders = new Set([...modules].flatMap((path) => path.match(PACKAGE)?.[0] ?? []));
  const texts = [...folders].map((name) => {
    const folder = resolve(root, name.replace(/^\0/, ''));
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((other) => /^licen[cs]e/i.test(other));
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : '';
    return `${about.name} ${about.version} (${about.license})\n\n${text}`.trim();
  });
  return `${[...new Set(texts)].sort().join(`\n\n${'-'.repeat(72)}\n\n`)}\n`;
}

/** @type {Set<string>} */
const seen = new Set();

/**
 * Vite plugin, for the build and its workers: puts `LICENSES.txt` beside the page.
 * @param {{ worker?: boolean }} [options]
 * @returns {import('vite').Plugin}
 */
export function licenses({ worker = false } = {}) {
  return {
    name: 'licenses',
    apply: 'build',
    generateBundle(_options, bundle) {
      for (const part of Object.values(bundle)) {
        if (part.type === 'chunk') for (const id of part.moduleIds) seen.add(id);
      }
      // Workers are built before the page that starts them.
      if (worker) return;
      this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: licensesOf(seen) });
    },
  };
}
