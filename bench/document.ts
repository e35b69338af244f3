/** `npm run bench:document`: writes the figures of docs/performance.json into docs/performance.md and its pictures. */
import { readFileSync, writeFileSync } from 'node:fs';
import { renderPage, renderPictures } from './document/render.ts';
import { argumentsOf } from '../scripts/arguments.mjs';
import type { Report } from './report.ts';

argumentsOf('npm run bench:document', {});
const report = JSON.parse(readFileSync('docs/performance.json', 'utf8')) as Report;
const page = 'docs/performance.md';
writeFileSync(page, renderPage(readFileSync(page, 'utf8'), report));
for (const [name, svg] of Object.entries(renderPictures(report))) {
  writeFileSync(`docs/images/${name}`, svg);
}
