/**
 * Takes the pictures of the recipes again: `npm run recipe-pictures [-- NAME…]`. Each tool's network of the tests with a
 * simulated subtomogram; their weights are random, so the pictures show what the app offers, not what a network saw.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { argumentsOf } from './arguments.mjs';
import { root } from './setup.mjs';
import { withApp } from './with-app.mjs';

const folder = join(root, 'docs', 'recipes', 'images');
const SAMPLE = join(root, 'public', 'samples', '4V5A_30S-inf.mrc');

/**
 * @typedef {object} Recipe
 * @property {string} name
 * @property {readonly string[]} files in `fixtures/checkpoints`
 * @property {number} edge of the box that is cut out of the sample, voxels
 */

/** @type {readonly Recipe[]} */
const RECIPES = [
  { name: 'octopi', files: ['octopi_unet/model.yaml', 'octopi_unet/best_model.pth'], edge: 40 },
  {
    name: 'nnunet',
    files: [
      'nnunet_plain/plans.json',
      'nnunet_plain/dataset.json',
      'nnunet_plain/fold_0/checkpoint_final.pth',
    ],
    edge: 40,
  },
  { name: 'tomotwin', files: ['tomotwin/tomotwin_latest.pth'], edge: 37 },
  { name: 'membrain-seg', files: ['membrain_seg/membrain_seg_v10.ckpt'], edge: 32 },
  { name: 'topcup', files: ['topcup_resnet18/topcup_phantom.ckpt'], edge: 32 },
  { name: 'deepict', files: ['deepict/full_ribo_model_IF4_D2_BN.pth'], edge: 40 },
  { name: 'deepfinder', files: ['deepfinder/net_weights_FINAL.h5'], edge: 40 },
  { name: 'ais', files: ['ais_slab/Membrane.scnm'], edge: 40 },
  {
    name: 'easymode',
    files: ['easymode_membrain/ribosome.h5', 'easymode_membrain/ribosome.json'],
    edge: 32,
  },
  { name: 'deepetpicker', files: ['deepetpicker/model.ckpt'], edge: 40 },
  { name: 'cryosiam', files: ['cryosiam_semantic/model.ckpt'], edge: 32 },
  { name: 'tardis', files: ['tardis_unet/model.pth'], edge: 40 },
];

const HEADER = 1024;
/** Software rendering on a busy machine, ms. */
const PATIENCE = 180_000;

/**
 * A box around the middle of a cubic MRC file of float32 without an extended header.
 * @param {Buffer} file
 * @param {number} edge
 */
function boxOf(file, edge) {
  const whole = file.readInt32LE(0);
  const from = Math.floor((whole - edge) / 2);
  const out = Buffer.alloc(HEADER + 4 * edge ** 3);
  file.copy(out, 0, 0, HEADER);
  const voxel = file.readFloatLE(40) / whole;
  for (const axis of [0, 1, 2]) {
    out.writeInt32LE(edge, 4 * axis);
    out.writeInt32LE(edge, 28 + 4 * axis);
    out.writeFloatLE(voxel * edge, 40 + 4 * axis);
  }
  for (let z = 0; z < edge; z++)
    for (let y = 0; y < edge; y++) {
      const start = HEADER + 4 * (((z + from) * whole + y + from) * whole + from);
      file.copy(out, HEADER + 4 * (z * edge + y) * edge, start, start + 4 * edge);
    }
  return out;
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {readonly (readonly [name: string, bytes: Buffer])[]} files
 */
async function drop(page, files) {
  const list = files.map(([name, bytes]) => [name, bytes.toString('base64')]);
  const dataTransfer = await page.evaluateHandle((encoded) => {
    const data = new DataTransfer();
    for (const [name, base64] of encoded) {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    return data;
  }, list);
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('body', type, { dataTransfer });
}

/** @param {import('@playwright/test').Page} page */
async function dismissNotices(page) {
  const dismiss = page.getByRole('button', { name: 'Dismiss' });
  // One may go by itself meanwhile.
  while ((await dismiss.count()) > 0)
    await dismiss
      .first()
      .click({ timeout: 1000 })
      .catch(() => undefined);
}

const { positionals: asked } = argumentsOf(
  'npm run recipe-pictures [-- NAME...]',
  { allowPositionals: true },
  RECIPES.map(({ name }) => name),
);
const sample = readFileSync(SAMPLE);
mkdirSync(folder, { recursive: true });
await withApp(async (browser, address) => {
  for (const { name, files, edge } of RECIPES) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(PATIENCE);
    await page.goto(address);
    await page.getByRole('table', { name: 'Classes' }).locator('tbody tr').nth(7).waitFor();
    const network = files.map((file) => {
      const path = join(root, 'fixtures', 'checkpoints', file);
      return /** @type {const} */ ([basename(path), readFileSync(path)]);
    });
    await drop(page, [['ribosome.mrc', boxOf(sample, edge)], ...network]);
    // The network that the app begins with is gone.
    await page.waitForFunction(() => !/seen by\s*CNN/.test(document.body.textContent));
    await dismissNotices(page);
    const answer = page.getByText('Where the score comes from');
    const larger = page.getByRole('button', { name: 'Segment the whole' });
    await answer.or(larger).first().waitFor();
    if (await larger.isVisible()) {
      await larger.click();
      await page.getByRole('heading', { name: /^\d+ components?$/ }).waitFor();
    }
    // Surfaces come from a worker and software rendering takes its time.
    await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
    await dismissNotices(page);
    await page.waitForTimeout(3000);
    await page.screenshot({ path: join(folder, `${name}.png`), timeout: PATIENCE });
    await page.close();
  }
});
