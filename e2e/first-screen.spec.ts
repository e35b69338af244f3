import { classRows, expect, findings, openApp, test } from './app.ts';

test('shows a sample already explained', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByText(/^Network says /)).toBeVisible();
  await expect(page.getByRole('combobox', { name: /^Network/ })).toContainText('SNR 0.1');
  await expect(page.getByRole('region', { name: 'Input' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Grad-CAM' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Respond-CAM' })).toBeVisible();
  await expect(classRows(page).first()).toContainText('GroEL');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

for (const media of [
  { colorScheme: 'light' },
  { colorScheme: 'dark' },
  { forcedColors: 'active' },
] as const) {
  test(`is accessible and fits every window, ${Object.values(media)}`, async ({ page }) => {
    await page.emulateMedia(media);
    await openApp(page);
    for (const [width, height] of [
      [1440, 900],
      [1024, 768],
      [720, 450],
      [390, 844],
    ]) {
      const size = `${width} x ${height}`;
      await page.setViewportSize({ width, height });
      expect(await findings(page), size).toEqual([]);
      const overflow = await page.evaluate(() => {
        const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
        return [scrollWidth - clientWidth, scrollHeight - clientHeight];
      });
      // A window too low for the views scrolls, down only.
      expect(overflow[0], size).toBe(0);
      if (height > 620 && width > 720) expect(overflow[1], size).toBe(0);
    }
  });
}
