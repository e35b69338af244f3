import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const recipes = join(root, 'docs/recipes');
const folder = mkdtempSync(join(tmpdir(), 'respond-cam-recipes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PREFIX = 'npm run -s respond-cam -- ';
const pages = readdirSync(recipes).filter((name) => name.endsWith('.md') && name !== 'README.md');
const commandsOf = (page: string) =>
  readFileSync(join(recipes, page), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(PREFIX))
    .map((line) => line.slice(PREFIX.length));

it('has a page for each tool, all of them in the list', () => {
  const list = readFileSync(join(recipes, 'README.md'), 'utf8');
  expect(pages).toHaveLength(12);
  for (const page of pages) {
    expect(list).toContain(`](${page})`);
    const picture = `images/${page.replace(/md$/, 'png')}`;
    expect(readFileSync(join(recipes, page), 'utf8')).toContain(`](${picture})`);
    expect(existsSync(join(recipes, picture))).toBe(true);
  }
});

/** Paths as from the project's folder; what is written goes elsewhere. */
const placed = (word: string) =>
  word.startsWith('fixtures/')
    ? join(root, word)
    : word.startsWith('out-')
      ? join(folder, word)
      : word;

describe.each(pages)('%s', (page) => {
  it.each(commandsOf(page))(
    '%s',
    async (line) => {
      const { io, out } = recordingIo();
      await runCommandLine([...line.split(' ').map(placed), '--backend', 'wasm'], io);
      expect(out.length).toBeGreaterThan(0);
    },
    120_000,
  );
});
