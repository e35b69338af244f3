import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).map((path) =>
  join(import.meta.dirname, path),
);
const modules = files.filter((path) => path.endsWith('.module.css'));
const components = files
  .filter((path) => path.endsWith('.tsx'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** Names of classes in a style sheet that are its own. */
function defined(css: string): Set<string> {
  const plain = css.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/:global\([^)]*\)/g, '');
  return new Set(Array.from(plain.matchAll(/\.(-?[a-z_][\w-]*)/gi), ([, name]) => name));
}

/** Components beside a style sheet that import it, and under which name. */
function users(sheet: string): { text: string; name: string }[] {
  return components.flatMap(({ path, text }) => {
    if (dirname(path) !== dirname(sheet)) return [];
    const [, name] = text.match(`import (\\w+) from './${basename(sheet)}'`) ?? [];
    return name ? [{ text, name }] : [];
  });
}

it.each(modules.map((path) => [basename(path), path]))(
  '%s has the classes that its components use, and no others',
  (_, path) => {
    const names = defined(readFileSync(path, 'utf8'));
    const used = users(path).flatMap(({ text, name }) =>
      Array.from(
        text.matchAll(new RegExp(`${name}(?:\\.(\\w+)|\\['([\\w-]+)'\\])`, 'g')),
        (m) => m[1] ?? m[2],
      ),
    );
    expect(used.filter((name) => !names.has(name))).toEqual([]);
    // Computed names: `styles[side]` may be any word of the source.
    const words = new Set(users(path).flatMap(({ text }) => text.match(/[\w-]+/g) ?? []));
    expect([...names].filter((name) => !used.includes(name) && !words.has(name))).toEqual([]);
  },
);

describe("the app's own style sheets", () => {
  const sheets = files.filter((path) => path.endsWith('.css') && !modules.includes(path));
  const source = components.map(({ text }) => text).join('\n');
  const moduleText = modules.map((path) => readFileSync(path, 'utf8')).join('\n');

  it.each(sheets.map((path) => [basename(path), path]))(
    '%s has no class without use',
    (_, path) => {
      const unused = [...defined(readFileSync(path, 'utf8'))].filter(
        (name) => !new RegExp(`(?<![\\w.-])${name}(?![\\w-])`).test(source),
      );
      expect(unused).toEqual([]);
    },
  );

  it('give a module no global name that no component has', () => {
    const named = Array.from(moduleText.matchAll(/:global\(\.([\w-]+)\)/g), ([, name]) => name);
    expect(named.filter((name) => !source.includes(name))).toEqual([]);
  });
});
