import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../scripts/setup.mjs';
import { commandsPage } from './commands.ts';
import { anchorsOf, linksOf } from './markdown.mjs';
import { sectionsOf } from './sections.mjs';
import { stagePages } from './stage.mjs';

const site = mkdtempSync(join(tmpdir(), 'respond-cam-docs-'));
beforeAll(() => stagePages(site));
afterAll(() => rmSync(site, { recursive: true }));

const pagesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.md'));

/** Links of the pages that lead nowhere: to no file, or to no heading of it. */
function brokenLinks(folder: string, pages: readonly string[]): string[] {
  const textOf = (page: string) => readFileSync(join(folder, page), 'utf8');
  return pages.flatMap((page) =>
    linksOf(textOf(page))
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [file, anchor] = target.split('#');
        const to = file === '' ? page : posix.join(dirname(page), file);
        if (!existsSync(join(folder, to))) return true;
        return anchor !== undefined && !anchorsOf(textOf(to)).has(anchor);
      })
      .map((target) => `${page}: ${target}`),
  );
}

describe('links lead somewhere', () => {
  it('in the repository', () => {
    const pages = readdirSync(root).filter((name) => name.endsWith('.md'));
    pages.push(...pagesIn(join(root, 'docs')).map((name) => `docs/${name}`));
    expect(pages.length).toBeGreaterThan(25);
    expect(brokenLinks(root, pages)).toEqual([]);
  });

  it('on the site', () => {
    expect(brokenLinks(site, pagesIn(site))).toEqual([]);
  });
});

it('names every page of docs/ on the first one', () => {
  const first = readFileSync(join(root, 'docs/README.md'), 'utf8');
  const named = sectionsOf(first).flatMap(({ items }) => items.map(({ link }) => link));
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  expect(named).toEqual(expect.arrayContaining(pages.filter((name) => name !== 'README.md')));
});

it('names the schema of every JSON document', () => {
  const page = readFileSync(join(root, 'docs/schema/README.md'), 'utf8');
  const schemas = readdirSync(join(root, 'docs/schema')).filter((name) => name !== 'README.md');
  expect(linksOf(page).sort()).toEqual(schemas.sort());
});

it('lists every command with its options', async () => {
  const page = await commandsPage();
  expect(page).toContain('## explain\n');
  expect(page).toMatch(/^\| `--shard I\/N` \| only the I-th of N parts \|$/m);
  expect(page).not.toMatch(/undefined|\[object/);
});

it('finds links and anchors outside code alone', () => {
  const text =
    '# What `a` is, and *why*\n`[x](y)` [b](c#d)\n```\n# no\n[e](f)\n```\n<a id="g"></a>';
  expect(linksOf(text)).toEqual(['c#d']);
  expect([...anchorsOf(text)]).toEqual(['what-a-is-and-why', 'g']);
});
