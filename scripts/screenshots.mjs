/** Takes the pictures of the README again: `npm run screenshots`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';
import { withApp } from './with-app.mjs';

const folder = join(root, 'docs', 'images');
mkdirSync(folder, { recursive: true });
await withApp(async (browser, address) => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
    await page.goto(address);
    await page.getByRole('table', { name: 'Classes' }).locator('tbody tr').nth(7).waitFor();
    // Surfaces come from a worker, the other readings from the engine, and software rendering takes its time.
    await otherReadings(page);
    await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
    await page.waitForTimeout(3000);
    const name = colorScheme === 'light' ? 'first-screen' : 'first-screen-dark';
    await page.screenshot({ path: join(folder, `${name}.png`) });
    if (colorScheme === 'light') {
      await dialog(page, 'w', 'channels');
      await dialog(page, 'g', 'graph');
      await evaluation(page, `${address}#/evaluate`);
      await particles(page, `${address}#/particles`);
    }
    await page.close();
  }
});

/**
 * They are tried where that is quick; on a busy machine they are asked for.
 * @param {import('@playwright/test').Page} page
 */
async function otherReadings(page) {
  const found = page.getByRole('button', { name: 'change the answer' });
  const attempt = page.getByRole('button', { name: 'Try contrast' });
  while (!(await found.isVisible())) {
    if (await attempt.isVisible()) await attempt.click();
    await page.waitForTimeout(2000);
  }
}

/**
 * What a key opens over the first screen.
 * @param {import('@playwright/test').Page} page
 * @param {string} key
 * @param {string} name
 */
async function dialog(page, key, name) {
  await page.keyboard.press(key);
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(2000);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.keyboard.press('Escape');
}

/**
 * CNN-2 at SNR 0.1 over five volumes of each class.
 * @param {import('@playwright/test').Page} page
 * @param {string} address
 */
async function evaluation(page, address) {
  await page.goto(address);
  await page.getByRole('combobox', { name: 'Network' }).click();
  await page.getByRole('option', { name: 'CNN-2, SNR 0.1' }).click();
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await page.getByRole('button', { name: 'Evaluate again' }).waitFor({ timeout: 300_000 });
  await page.screenshot({ path: join(folder, 'evaluate.png') });
}

/**
 * The simulated tomogram with its particles, scored.
 * @param {import('@playwright/test').Page} page
 * @param {string} address
 */
async function particles(page, address) {
  await page.goto(address);
  await page.getByRole('button', { name: 'Try a simulated tomogram' }).click();
  await page.getByText('stand in the tomogram').waitFor({ timeout: 120_000 });
  for (const [label, nm] of /** @type {const} */ ([
    ['Thickness of the slices, nm', '6'],
    ['Low-pass of the slices, nm', '3'],
  ])) {
    await page.getByLabel(label).fill(nm);
    await page.keyboard.press('Enter');
  }
  await page.getByRole('button', { name: 'Score all particles' }).click();
  await page.getByRole('button', { name: 'Score again' }).waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Margin' }).click();
  await page.getByRole('table', { name: 'Particles' }).getByRole('row').nth(2).click();
  await page.waitForTimeout(2000);
  await page.screenshot({ path: join(folder, 'particles.png') });
}
