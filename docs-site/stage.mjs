import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, posix } from 'node:path';
import { root } from '../scripts/setup.mjs';
import { mapLinks } from './markdown.mjs';

/** Where the site keeps what the pages link to outside `docs/`. */
const REPOSITORY = 'repository';

/** Files that pages hold as pictures. */
const PICTURE = /\.(png|svg|jpe?g|webp)$/;

/**
 * Words that a code highlighter knows other endings by.
 * @type {Partial<Record<string, string>>}
 */
const LANGUAGES = { '.mjs': 'js', '.smk': 'python', '.jsonl': 'json', '.cff': 'yaml' };

/**
 * Writes the site's pages: those of `docs/`, and one of each file or folder of the repository that they link to.
 * @param {string} out folder
 */
export function stagePages(out) {
  /** @type {Set<string>} */
  const made = new Set();
  /** @param {string} path @param {string} text */
  const write = (path, text) => {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
  };

  /** @param {string} path of a file or folder of the repository, as a page @returns {string} */
  const pageOf = (path) => {
    const page = pathOnSite(path);
    if (made.has(page)) return page;
    made.add(page);
    write(page, textOf(path, page));
    return page;
  };

  /** @param {string} path of a picture in the repository @returns {string} */
  const picture = (path) => {
    const place = path.replace(/^docs\//, '');
    cpSync(join(root, path), join(out, place));
    return place;
  };

  /** @param {string} path @param {string} page */
  const textOf = (path, page) => {
    if (path.endsWith('.md')) {
      return mapLinks(readFileSync(join(root, path), 'utf8'), (target) => {
        if (/^([a-z]+:|#)/.test(target)) return target;
        const [file, anchor] = target.split('#');
        const asked = posix.normalize(posix.join(posix.dirname(path), file)).replace(/\/$/, '');
        const to = PICTURE.test(asked) ? picture(asked) : pageOf(asked);
        const from = posix.relative(posix.dirname(page), to);
        return (from.startsWith('.') ? from : `./${from}`) + (anchor ? `#${anchor}` : '');
      });
    }
    const files = statSync(join(root, path)).isDirectory()
      ? readdirSync(join(root, path)).map((name) => posix.join(path, name))
      : [path];
    return [`# ${path}`, ...files.map((file) => listing(file, files.length > 1))].join('\n\n');
  };

  for (const name of readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })) {
    const path = name.split(/[\\/]/).join('/');
    if (path.endsWith('.md')) pageOf(`docs/${path}`);
  }
  mkdirSync(join(out, 'public'), { recursive: true });
  cpSync(join(root, 'public/favicon.svg'), join(out, 'public/favicon.svg'));
}

/** @param {string} path @returns {string} */
function pathOnSite(path) {
  const page = path.endsWith('.md') ? path : `${path}.md`;
  const inDocs = page.endsWith('.md') && path.startsWith('docs/') && path.endsWith('.md');
  const place = inDocs ? page.slice('docs/'.length) : posix.join(REPOSITORY, page);
  return place.replace(/(^|\/)README\.md$/, '$1index.md');
}

/** @param {string} file @param {boolean} named */
function listing(file, named) {
  const ending = extname(file);
  const fence = [
    `\`\`\`${LANGUAGES[ending] ?? ending.slice(1)}`,
    readFileSync(join(root, file), 'utf8').trimEnd(),
    '```',
  ];
  return [...(named ? [`## ${posix.basename(file)}`, ''] : []), ...fence].join('\n');
}
