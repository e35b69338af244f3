import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { slug } from '../markdown.mjs';
import { sectionsOf } from '../sections.mjs';

const base = process.env.DOCS_BASE ?? '/';
const first = readFileSync(join(import.meta.dirname, '../pages/index.md'), 'utf8');
const entries = ['index', 'core', 'engine', 'kernels', 'embed', 'react'];
const reference = {
  text: 'Reference',
  items: [
    { text: 'Command line', link: '/reference/commands' },
    {
      text: 'Library',
      collapsed: true,
      items: entries.map((name) => ({
        text: name === 'index' ? 'respond-cam' : `respond-cam/${name}`,
        link: `/api/${name}${name === 'core' ? '/modules' : ''}`,
      })),
    },
  ],
};
const sections = sectionsOf(first).map(({ text, items }) => ({
  text,
  items: items.map((item) => ({
    ...item,
    link: `/${item.link.replace(/^\.\//, '').replace(/(index)?\.md/, '')}`,
  })),
}));

/**
 * What is written for readers comes before what is listed.
 * @param {string} page
 */
const boostDocument = (page) => (/\/(api|repository)\//.test(page) ? 0.1 : 1);

export default defineConfig({
  title: 'Respond-CAM',
  description: 'Explains the answers of 3D CNNs about cryo-ET subtomograms, in the browser.',
  lang: 'en',
  base,
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: 'node_modules/.cache/vitepress',
  ignoreDeadLinks: 'localhostLinks', // addresses of the reader's own machine
  head: [['link', { rel: 'icon', href: `${base}favicon.svg` }]],
  markdown: { anchor: { slugify: slug } },
  themeConfig: {
    search: {
      provider: 'local',
      options: { miniSearch: { searchOptions: { boostDocument } } },
    },
    outline: [2, 3],
    docFooter: { prev: false, next: false },
    sidebar: [...sections.slice(0, -1), reference, ...sections.slice(-1)],
  },
});
