import { classRows, expect, findings, test } from './app.ts';

const WIDE = [1440, 900] as const;
const PHONE = [390, 844] as const;
/** Colours that the user may have asked for, and the windows in which they are looked at. */
const LOOKS = [
  [{ colorScheme: 'light' }, [WIDE, [1024, 768], [720, 450], PHONE]],
  [{ colorScheme: 'dark' }, [PHONE, WIDE]],
  [{ colorScheme: 'light', forcedColors: 'active' }, [WIDE, PHONE]],
] as const;

test('shows a sample already explained, accessible and fitting every window', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByText(/^Network says /)).toBeVisible();
  await expect(page.getByRole('combobox', { name: /^Network/ })).toContainText('SNR 0.1');
  await expect(page.getByRole('region', { name: 'Input' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Grad-CAM' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Respond-CAM' })).toBeVisible();
  await expect(classRows(page).first()).toContainText('GroEL');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);

  for (const [media, windows] of LOOKS) {
    await page.emulateMedia(media);
    for (const [width, height] of windows) {
      const what = `${JSON.stringify(media)}, ${width} x ${height}`;
      await page.setViewportSize({ width, height });
      expect(await findings(page), what).toEqual([]);
      const overflow = await page.evaluate(() => {
        const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
        return [scrollWidth - clientWidth, scrollHeight - clientHeight];
      });
      // A window too low for the views scrolls, down only.
      expect(overflow[0], what).toBe(0);
      if (height > 620 && width > 720) expect(overflow[1], what).toBe(0);
    }
  }
});
