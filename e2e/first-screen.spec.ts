import AxeBuilder from '@axe-core/playwright';
import { classRows, expect, openApp, test } from './app.ts';

test('shows a sample already explained', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('region', { name: 'Input' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Grad-CAM' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Respond-CAM' })).toBeVisible();
  await expect(classRows(page).first()).toContainText('GroEL');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

for (const [width, height] of [
  [1440, 900],
  [1024, 768],
]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`is accessible and fits ${width}x${height}, ${colorScheme}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await openApp(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => /serious|critical/.test(impact ?? ''));
      expect(
        serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      ).toEqual([]);
      const overflow = await page.evaluate(() => {
        const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
        return [scrollWidth - clientWidth, scrollHeight - clientHeight];
      });
      expect(overflow).toEqual([0, 0]);
    });
  }
}
