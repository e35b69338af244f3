import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Folders that draw what they are given; panels and pages read the stores for them. */
it.each(['ui', 'scene', 'slices'])('%s knows no store', (folder) => {
  const root = join(import.meta.dirname, folder);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  expect(files.length).toBeGreaterThan(10);
  const bound = files.filter(({ text }) =>
    Array.from(text.matchAll(/^import ([^;]*) from '([^']*)';$/gm)).some(
      ([, names, from]) =>
        from.startsWith('zustand') || (from.includes('/state/') && /Store\b|actions/.test(names)),
    ),
  );
  expect(bound.map(({ path }) => path)).toEqual([]);
});
