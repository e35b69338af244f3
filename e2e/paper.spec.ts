import type { Page } from '@playwright/test';
import { classRows, expect, findings, openApp, settled, test } from './app.ts';

/** Those of Figure 3: the other figures say that theirs are missing. */
const IDS = ['cnn-1-0.1', 'cnn-2-0.1'];

/** A build whose networks, however many, are all the small one; the page does not look into them. */
async function withNetworks(page: Page, ids: readonly string[]) {
  const list = ids.map((id) => ({ id, title: id, path: 'models/cnn-2-inf/model.json' }));
  await page.route('**/models/index.json', (route) => route.fulfill({ json: list }));
}

test('the figures are live views that lead to the explain page and back', async ({ page }) => {
  test.setTimeout(300_000);
  await withNetworks(page, IDS);
  await page.goto('/#/paper');
  const figure = page.getByRole('region', { name: 'Figure 3' });
  await expect(figure).toHaveAttribute('aria-busy', 'false', { timeout: 120_000 });
  const row = figure.getByRole('group', { name: 'GroEL–GroES' });
  const views = row.getByLabel(/ in 3D/);
  await expect(views).toHaveCount(6);
  await expect(row.getByRole('img', { name: /all z-slices/ })).toHaveCount(6);
  for (const view of await views.all()) {
    await expect(view).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 });
  }

  const last = views.last();
  const before = await settled(last);
  await views.first().press('ArrowLeft');
  await views.first().press('ArrowUp');
  await expect.poll(async () => (await last.screenshot()).equals(before)).toBe(false);
  // The other rows stay.
  await expect(page.getByRole('button', { name: 'Turn back' })).toHaveCount(1);

  await row.getByLabel(/CNN-2 Respond-CAM in 3D/).click();
  await expect(page).toHaveURL(/#\/explain(\?|$)/);
  await expect(classRows(page)).toHaveCount(23);
  await expect(page.getByRole('combobox', { name: /^Network/ })).toContainText('cnn-2-0.1');
  await expect(page.getByRole('combobox', { name: 'Layer to explain' })).toContainText('maxpool2');
  await expect(page.getByRole('combobox', { name: 'Class to explain' })).toContainText('1AON');
  await expect(page.getByRole('combobox', { name: 'Volume', exact: true })).toContainText(
    'GroEL-GroES-ADP7, SNR 0.1',
  );

  await page.goBack();
  await expect(page).toHaveURL(/#\/paper$/);
  await expect(row.getByRole('button', { name: 'Turn back' })).toBeVisible();
  await expect(views).toHaveCount(6);
});

test('a network that the build lacks keeps its place and says so', async ({ page }) => {
  await withNetworks(page, []);
  await page.goto('/#/paper');
  const figure = page.getByRole('region', { name: 'Figure 4' });
  await expect(figure.getByText('CNN-1, noise-free: not in this build')).toHaveCount(7);
  expect(await findings(page)).toEqual([]);
});

test('the explain page is as it was left', async ({ page }) => {
  await openApp(page);
  await classRows(page).nth(4).getByRole('button').click();
  await page.getByRole('link', { name: 'Paper' }).click();
  await expect(page.getByRole('heading', { name: 'Table 1' })).toBeAttached();
  await expect(page).toHaveTitle(/^Paper/);
  await page.goBack();
  await expect(classRows(page).nth(4)).toHaveClass(/is-chosen/);
  await expect(page).toHaveTitle('Respond-CAM');
});
