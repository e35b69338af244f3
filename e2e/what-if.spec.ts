import type { Page } from '@playwright/test';
import { drop, expect, fixture, openApp, openFacts, test } from './app.ts';

/** Opens what the network says about other readings of the volume. */
async function openReadings(page: Page): Promise<void> {
  const line = page.getByRole('region', { name: 'Other readings of the volume' });
  await expect(line).toBeVisible();
  const attempt = line.getByRole('button', { name: /^Try / });
  const found = line.getByRole('button', { name: /^\d+ of \d+ changes? the answer$/ });
  await expect(attempt.or(found)).toBeVisible();
  // The app may begin by itself while the button is reached for, which then goes.
  if (await attempt.isVisible()) await attempt.click({ timeout: 3000 }).catch(() => undefined);
  await found.click();
}

test('other readings are tried, applied and taken back; a segmentation counts voxels', async ({
  page,
}) => {
  await openApp(page);
  await openReadings(page);
  await page.getByRole('button', { name: /^Inverted contrast/ }).click();
  await openFacts(page);
  await expect(page.getByRole('switch', { name: 'Invert contrast' })).toBeChecked();
  await expect(page.getByText(/^Network says /)).toContainText('opposite contrast');
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(page.getByRole('switch', { name: 'Invert contrast' })).not.toBeChecked();

  await drop(page, fixture('checkpoints/octopi_unet/input.npy'));
  await drop(
    page,
    fixture('checkpoints/octopi_unet/model.yaml'),
    fixture('checkpoints/octopi_unet/best_model.pth'),
  );
  await expect(page.getByText(/^Network gives most to /)).toBeVisible();
  await openReadings(page);
  await expect(page.getByRole('button', { name: /of voxels change class/ }).first()).toBeVisible();
});
