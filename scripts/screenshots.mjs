/**
 * Takes the pictures of the README and the tour again: `npm run screenshots [-- NAME…]`, all of them or those named, each
 * on a page of its own, so that a run that was interrupted can be followed by one for those that are missing.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { argumentsOf } from './arguments.mjs';
import { root } from './setup.mjs';
import { withApp } from './with-app.mjs';

const folder = join(root, 'docs', 'images');
/** Software rendering on a busy machine, ms. */
const PATIENCE = 300_000;

/** @typedef {import('@playwright/test').Page} Page */

/**
 * What is done on the app's page before each picture is taken.
 * @type {Readonly<Record<string, (page: Page, address: string) => Promise<void>>>}
 */
const PICTURES = {
  'first-screen': firstScreen,
  'first-screen-dark': firstScreen,
  channels: (page, address) => dialog(page, address, 'w'),
  graph: (page, address) => dialog(page, address, 'g'),
  evaluate: evaluation,
  particles,
};

const { positionals: asked } = argumentsOf(
  'npm run screenshots [-- NAME...]',
  { allowPositionals: true },
  Object.keys(PICTURES),
);
mkdirSync(folder, { recursive: true });
await withApp(async (browser, address) => {
  for (const [name, prepare] of Object.entries(PICTURES)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
      colorScheme: name.endsWith('dark') ? 'dark' : 'light',
    });
    page.setDefaultTimeout(PATIENCE);
    await prepare(page, address);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    console.log(name);
    await page.close();
  }
});

/**
 * @param {Page} page
 * @param {string} address
 */
async function firstScreen(page, address) {
  await page.goto(address);
  await page.getByRole('table', { name: 'Classes' }).locator('tbody tr').nth(7).waitFor();
  // Surfaces come from a worker, the other readings from the engine, and software rendering takes its time.
  await otherReadings(page);
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
  await page.waitForTimeout(3000);
}

/**
 * They are tried where that is quick; on a busy machine they are asked for.
 * @param {Page} page
 */
async function otherReadings(page) {
  const found = page.getByRole('button', { name: 'change the answer' });
  const attempt = page.getByRole('button', { name: 'Try them' });
  while (!(await found.isVisible())) {
    // It may start by itself meanwhile.
    if (await attempt.isVisible()) await attempt.click({ timeout: 1000 }).catch(() => undefined);
    await page.waitForTimeout(2000);
  }
}

/**
 * What a key opens over the first screen.
 * @param {Page} page
 * @param {string} address
 * @param {string} key
 */
async function dialog(page, address, key) {
  await firstScreen(page, address);
  await page.keyboard.press(key);
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(2000);
}

/**
 * CNN-2 at SNR 0.1 over five volumes of each class.
 * @param {Page} page
 * @param {string} address
 */
async function evaluation(page, address) {
  await page.goto(`${address}#/evaluate`);
  await page.getByRole('combobox', { name: 'Network' }).click();
  await page.getByRole('option', { name: 'CNN-2, SNR 0.1' }).click();
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await page.getByRole('button', { name: 'Evaluate again' }).waitFor();
}

/**
 * The simulated tomogram with its particles, scored.
 * @param {Page} page
 * @param {string} address
 */
async function particles(page, address) {
  await page.goto(`${address}#/particles`);
  await page.getByRole('button', { name: 'Try a simulated tomogram' }).click();
  await page.getByText('stand in the tomogram').waitFor();
  for (const [label, nm] of /** @type {const} */ ([
    ['Thickness of the slices, nm', '6'],
    ['Low-pass of the slices, nm', '3'],
  ])) {
    await page.getByLabel(label).fill(nm);
    await page.keyboard.press('Enter');
  }
  await page.getByRole('button', { name: 'Score all particles' }).click();
  await page.getByRole('button', { name: 'Score again' }).waitFor();
  await page.getByRole('button', { name: 'Margin' }).click();
  await page.getByRole('table', { name: 'Particles' }).getByRole('row').nth(2).click();
  await page.waitForTimeout(2000);
}
