import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).map((path) =>
  join(import.meta.dirname, path),
);
const modules = files.filter((path) => path.endsWith('.module.css'));

/** Names of classes in a style sheet. */
function defined(css: string): Set<string> {
  const plain = css.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/:global\([^)]*\)/g, '');
  return new Set(Array.from(plain.matchAll(/\.(-?[a-z_][\w-]*)/gi), ([, name]) => name));
}

/** Source of the components that import a style sheet. */
function users(sheet: string): string {
  const here = files.filter((path) => path.endsWith('.tsx') && dirname(path) === dirname(sheet));
  return here
    .map((path) => readFileSync(path, 'utf8'))
    .filter((text) => text.includes(`'./${basename(sheet)}'`))
    .join('\n');
}

it.each(modules.map((path) => [basename(path), path]))(
  '%s has the classes that its components use, and no others',
  (_, path) => {
    const names = defined(readFileSync(path, 'utf8'));
    const text = users(path);
    const used = Array.from(
      text.matchAll(/styles(?:\.(\w+)|\['([\w-]+)'\])/g),
      (m) => m[1] ?? m[2],
    );
    expect(used.filter((name) => !names.has(name))).toEqual([]);
    // Computed names: `styles[side]` may be any word of the source.
    const words = new Set(text.match(/[\w-]+/g));
    expect([...names].filter((name) => !used.includes(name) && !words.has(name))).toEqual([]);
  },
);
