// Not the app's own `test`: what these break writes to the console.
import { expect, type Page, test } from '@playwright/test';
import { choose, classRows, engineWorker, openApp } from './app.ts';

const layer = (page: Page) => page.getByRole('combobox', { name: 'Layer to explain' });

/** Puts a worker into a loop that never ends. */
async function hang(page: Page) {
  const worker = await engineWorker(page);
  worker
    .evaluate(() => {
      for (;;);
    })
    .catch(() => undefined);
}

test('an engine that dies is replaced, one that hangs is ended by Cancel, both without a reload', async ({
  page,
}) => {
  await openApp(page);
  const worker = await engineWorker(page);
  const gone = new Promise((resolve) => worker.on('close', resolve));
  await worker.evaluate(() => void setTimeout(() => JSON.parse('{')));
  await gone;
  await choose(page, 'Layer to explain', 'conv4');
  await expect(page.locator('.is-stale')).toHaveCount(0, { timeout: 90_000 });
  await expect(layer(page)).toContainText('conv4');
  await expect(classRows(page)).toHaveCount(23);

  await hang(page);
  await choose(page, 'Layer to explain', 'conv3');
  await page.locator('.status-card').getByRole('button', { name: 'Cancel' }).click();
  await expect(layer(page)).toContainText('conv4');
  await choose(page, 'Layer to explain', 'conv3');
  await expect(page.locator('.is-stale')).toHaveCount(0, { timeout: 60_000 });
  await expect(layer(page)).toContainText('conv3');
  await expect(classRows(page)).toHaveCount(23);
});

test('a panel that fails says so, leaves the others and can be tried again', async ({ page }) => {
  await openApp(page);
  await page.evaluate(() => {
    const { localeCompare } = String.prototype;
    Object.assign(globalThis, { mend: () => Object.assign(String.prototype, { localeCompare }) });
    String.prototype.localeCompare = () => {
      throw new Error('no order today');
    };
  });
  await page.getByRole('table', { name: 'Classes' }).getByRole('button', { name: 'Class' }).click();
  const panel = page.getByRole('alert').filter({ hasText: 'The class list could not be shown.' });
  await expect(panel).toContainText('no order today');
  await expect(page.getByLabel('Respond-CAM in 3D')).toBeVisible();
  await panel.getByText('Details', { exact: true }).click();
  await expect(panel.locator('pre')).toContainText('Error: no order today');
  await page.evaluate(() => (globalThis as unknown as { mend(): void }).mend());
  await panel.getByRole('button', { name: 'Try again' }).click();
  await expect(classRows(page)).toHaveCount(23);
});

test('a page whose part is gone after an update is reloaded to where it was', async ({ page }) => {
  await openApp(page);
  await page
    .getByRole('complementary', { name: 'Volumes' })
    .getByRole('button', { name: /^apoferritin/ })
    .click();
  await expect(page.getByText('correct', { exact: true })).toBeVisible();
  await choose(page, 'Layer to explain', 'conv3');
  await expect(page.locator('.is-stale')).toHaveCount(0);
  await page.route('**/assets/EvaluatePage*.js', (route) => route.fulfill({ status: 404 }));
  await page.getByRole('link', { name: 'Evaluate' }).click();
  await expect(page.getByText('The page Evaluate could not be shown.')).toBeVisible();
  await page.unroute('**/assets/EvaluatePage*.js');
  await page.getByRole('link', { name: 'Explain' }).click();
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Reload', exact: true }).click();
  await reloaded;
  await expect(classRows(page)).toHaveCount(23);
  await expect(layer(page)).toContainText('conv3');
  await expect(page.getByRole('combobox', { name: 'Volume', exact: true })).toContainText(
    'apoferritin',
  );
});

test('a network that comes to nothing offers to try again', async ({ page }) => {
  await page.route('**/models/cnn-2-0.1/model.json', (route) => route.abort());
  await page.goto('/');
  const card = page.locator('.status-card');
  await expect(card).toContainText('The network could not be loaded');
  await expect(card).toContainText('CNN-2, SNR 0.1: could not be read: there is no connection');
  await expect(card).not.toContainText('http');
  await page.unroute('**/models/cnn-2-0.1/model.json');
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(classRows(page)).toHaveCount(23);
});
