#!/usr/bin/env node
/**
 * `npm run docs [-- --base /PATH/] [--serve]`: writes the site of the documentation to `docs-site/dist`, for a server
 * that has it below `/PATH/`; with `--serve` it shows it on this machine while pages change.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argumentsOf } from '../scripts/arguments.mjs';
import { bundle } from '../scripts/bundle.mjs';
import { ensureInstalled, root, run } from '../scripts/setup.mjs';
import { stagePages } from './stage.mjs';

const { values } = argumentsOf('npm run docs [-- --base /PATH/] [--serve]', {
  options: {
    base: { type: 'string', default: '/' },
    serve: { type: 'boolean', default: false },
  },
});
const here = join(root, 'docs-site');
const pages = join(here, 'pages');
ensureInstalled();
ensureInstalled({ folder: here });

rmSync(pages, { recursive: true, force: true });
stagePages(pages);
const { commandsPage } = await import(await bundle('docs-site/commands.ts'));
mkdirSync(join(pages, 'reference'), { recursive: true });
writeFileSync(join(pages, 'reference', 'commands.md'), await commandsPage());
/** @param {string} script @param {string[]} args */
const node = (script, ...args) =>
  run(process.execPath, [join(here, 'node_modules', script), ...args], here);
node('typedoc/bin/typedoc', '--options', 'typedoc.json');
nameEntries(join(pages, 'api'));
process.env.DOCS_BASE = values.base;
node('vitepress/bin/vitepress.js', values.serve ? 'dev' : 'build', '.');
process.exit(); // a bundle of the command line leaves threads

/**
 * The pages of the package's entries say what is imported, not the file behind it.
 * @param {string} api folder
 */
function nameEntries(api) {
  for (const [file, entry] of [
    ['index.md', 'respond-cam'],
    ['core/modules.md', 'respond-cam/core'],
    ...['engine', 'kernels', 'embed', 'react'].map((name) => [`${name}.md`, `respond-cam/${name}`]),
  ]) {
    const path = join(api, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^# .*$/m, `# ${entry}`));
  }
}
