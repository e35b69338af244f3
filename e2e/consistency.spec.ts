import { choose, classRows, drop, expect, fixture, openApp, test } from './app.ts';

test('options of a dropped file stay with it and are taken back by their chips', async ({
  page,
}) => {
  await openApp(page);
  await drop(page, fixture('mrc', 'mrcfile', 'EMD-3197.map'));
  const card = page.locator('.status-card');
  await expect(card.getByText(/^The volume is/)).toBeVisible();
  await card.getByRole('switch').click();
  await card.getByRole('button', { name: 'Resample' }).click();
  await expect(classRows(page)).toHaveCount(23);
  const chip = (name: string) =>
    page.getByRole('button', { name: new RegExp(`^${name}.*, take it back`) });
  await expect(chip('inverted')).toBeVisible();
  await expect(chip('resampled')).toBeVisible();

  // A sample is not inverted because the file before it was.
  const rail = page.getByRole('complementary', { name: 'Volumes' });
  await rail.getByRole('button', { name: 'GroEL-GroES-ADP7' }).click();
  await expect(page.getByText('correct', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: /take it back/ })).toHaveCount(0);

  await page.getByRole('button', { name: /^EMD-3197/ }).click();
  await chip('inverted').click();
  await expect(chip('inverted')).toHaveCount(0);
  await expect(chip('resampled')).toBeVisible();
});

test('a sample gets the network trained at its noise, and an offer once one was chosen', async ({
  page,
}) => {
  await page.goto('/');
  const network = page.getByRole('combobox', { name: /^Network/ });
  await expect(network).toContainText('CNN-2, SNR 0.1');
  await expect(page.getByText('correct', { exact: true })).toBeVisible();
  await page.getByRole('radio', { name: '∞' }).click();
  await expect(network).toContainText('CNN-2, noise-free');
  await expect(page.getByText('CNN-2, noise-free is used for this sample')).toBeVisible();
  await choose(page, /^Network/, 'CNN-2, SNR 0.1');
  const offer = page.getByRole('button', { name: 'Use CNN-2, noise-free' });
  await offer.click();
  await expect(network).toContainText('CNN-2, noise-free');
  await expect(offer).toHaveCount(0);
});

test('maps keep the names of their network and layer while others are on their way', async ({
  page,
}) => {
  await openApp(page);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/models/cnn-2-0.1/*.bin', async (route) => {
    await held;
    await route.continue();
  });
  await choose(page, /^Network/, 'CNN-2, SNR 0.1');
  const remark = page.getByText(/^Still shown: .*CNN-2, noise-free, layer maxpool2\./);
  await expect(remark).toBeVisible();
  await expect(page.getByText(/^CNN-2, noise-free says/)).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Classes' })).toContainText(
    'Of CNN-2, noise-free',
  );
  release();
  await expect(remark).toHaveCount(0);
  await expect(page.getByText(/^Network says/)).toBeVisible();

  // Faster than a hand, as the explanation takes a second.
  await page.evaluate(() => {
    new MutationObserver((_, observer) => {
      const cancel = document.querySelector<HTMLElement>('.status-card button');
      if (!cancel) return;
      observer.disconnect();
      cancel.click();
    }).observe(document.body, { childList: true, subtree: true });
  });
  await choose(page, 'Layer to explain', 'conv1');
  await expect(page.getByRole('combobox', { name: 'Layer to explain' })).toContainText('maxpool2');
  await expect(page.locator('.is-stale')).toHaveCount(0);
});
