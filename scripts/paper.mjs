/**
 * Draws the paper's Figures 3 and 4 again with the app and its bundled networks, and writes Table 1 into
 * docs/paper.md:
 *
 *     npm run paper [-- EVALUATION.json ...]
 *
 * Each EVALUATION.json is the output of `respond-cam evaluate --json` for one bundled network; its
 * numbers replace those of the same network in public/paper/table1.json, which the app shows.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { argumentsOf } from './arguments.mjs';
import { bundle } from './bundle.mjs';
import { root } from './setup.mjs';
import { withApp } from './with-app.mjs';

/** CSS pixels; drawn at twice that. */
const WIDTH = 1080;
const TABLE = join(root, 'public', 'paper', 'table1.json');
const PAGE = join(root, 'docs', 'paper.md');
const IMAGES = join(root, 'docs', 'images');
const MARKS = ['<!-- table 1 -->', '<!-- end of table 1 -->'];

const { positionals } = argumentsOf('npm run paper [-- EVALUATION.json ...]', {
  allowPositionals: true,
});
const core = await bundle('src/core/paper/index.ts');
/** @type {typeof import('../src/core/paper/index.ts')} */
const paper = await import(core);

const rows = paper.table1Rows([...positionals.map(measured), ...tableBefore()]);
mkdirSync(join(root, 'public', 'paper'), { recursive: true });
writeFileSync(
  TABLE,
  `${JSON.stringify(
    rows.flatMap((row) => row.measured ?? []),
    null,
    1,
  )}\n`,
);
writeTable(paper.table1Markdown(rows));
await withApp(draw);

/** @param {string} file */
function measured(file) {
  const row = paper.measuredRow(JSON.parse(readFileSync(file, 'utf8')));
  if (!(row.model in paper.PAPER_NETWORKS)) {
    const accepted = Object.keys(paper.PAPER_NETWORKS).join(', ');
    throw new Error(`${file} evaluates ${row.model}; accepted: ${accepted}.`);
  }
  const snr = row.model.split('-').at(-1);
  if (row.data.set !== 'simulated' || String(row.data.snr) !== snr) {
    const found = `${row.data.set} volumes at SNR ${row.data.snr}`;
    throw new Error(`${file} is of ${found}; accepted for ${row.model}: simulated at SNR ${snr}.`);
  }
  return row;
}

/** @returns {unknown[]} */
function tableBefore() {
  try {
    return JSON.parse(readFileSync(TABLE, 'utf8'));
  } catch {
    return [];
  }
}

/** @param {string} table */
function writeTable(table) {
  const text = readFileSync(PAGE, 'utf8');
  const [start, end] = MARKS.map((mark) => text.indexOf(mark));
  if (start < 0 || end < start) throw new Error(`${PAGE} has no ${MARKS.join(' and ')}.`);
  const before = text.slice(0, start + MARKS[0].length);
  writeFileSync(PAGE, `${before}\n\n${table}\n\n${text.slice(end)}`);
}

/**
 * @param {import('@playwright/test').Browser} browser
 * @param {string} address
 */
async function draw(browser, address) {
  mkdirSync(IMAGES, { recursive: true });
  const page = await browser.newPage({
    viewport: { width: WIDTH, height: 900 },
    deviceScaleFactor: 2,
    colorScheme: 'light',
  });
  page.setDefaultTimeout(600_000);
  await page.goto(`${address}#/paper`);
  for (const { id, title } of paper.PAPER_FIGURES) {
    const figure = page.locator(`#${id}`);
    await figure.and(page.locator('[aria-busy=false]')).waitFor();
    const absent = await figure.locator('[data-status]').count();
    if (absent > 0) process.stderr.write(`${title}: ${absent} panels have no map in this build.\n`);
    // All of the figure in view: only what is seen is drawn.
    const height = Math.ceil((await figure.boundingBox())?.height ?? 0);
    await page.setViewportSize({ width: WIDTH, height: height + 100 });
    await figure.scrollIntoViewIfNeeded();
    await page.waitForFunction(
      (busy) => !document.querySelector(busy),
      `#${id} :is([role=application], canvas)[aria-busy=true]`,
    );
    // Software rendering takes its time.
    await page.waitForTimeout(5000);
    writeFileSync(join(IMAGES, `${id}.png`), compact(await figure.screenshot()));
    process.stderr.write(`docs/images/${id}.png\n`);
  }
}

/**
 * The same picture with 64 steps to a colour, which no eye distinguishes from 256 and which takes a third less.
 * @param {Buffer} file
 */
function compact(file) {
  const png = PNG.sync.read(file);
  for (let i = 0; i < png.data.length; i++) {
    if (i % 4 !== 3) png.data[i] = Math.min(255, Math.round(png.data[i] / 4) * 4);
  }
  return PNG.sync.write(png, { colorType: 2, deflateLevel: 9, filterType: -1 });
}
