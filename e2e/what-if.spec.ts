import { drop, expect, fixture, openApp, openFacts, test } from './app.ts';

test('another reading is tried, applied to the volume shown and taken back', async ({ page }) => {
  await openApp(page);
  const line = page.getByRole('region', { name: 'Other readings of the volume' });
  await expect(line).toBeVisible();
  const attempt = line.getByRole('button', { name: /^Try / });
  const found = line.getByRole('button', { name: /^\d+ of \d+ would$/ });
  await expect(attempt.or(found)).toBeVisible();
  // The app may begin by itself while the button is reached for, which then goes.
  if (await attempt.isVisible()) await attempt.click({ timeout: 3000 }).catch(() => undefined);
  await found.click();
  await page.getByRole('button', { name: /^Inverted contrast/ }).click();
  await openFacts(page);
  await expect(page.getByRole('switch', { name: 'Invert contrast' })).toBeChecked();
  await expect(page.getByText(/^Network says /)).toContainText('opposite contrast');
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(page.getByRole('switch', { name: 'Invert contrast' })).not.toBeChecked();
});

test('a segmentation says how many voxels would change class', async ({ page }) => {
  await openApp(page);
  await drop(page, fixture('checkpoints/octopi_unet/input.npy'));
  await drop(
    page,
    fixture('checkpoints/octopi_unet/model.yaml'),
    fixture('checkpoints/octopi_unet/best_model.pth'),
  );
  const line = page.getByRole('region', { name: 'Other readings of the volume' });
  await expect(page.getByText(/^Network gives most to /)).toBeVisible();
  const attempt = line.getByRole('button', { name: /^Try / });
  const found = line.getByRole('button', { name: /^\d+ of \d+ would$/ });
  await expect(attempt.or(found)).toBeVisible();
  // The app may begin by itself while the button is reached for, which then goes.
  if (await attempt.isVisible()) await attempt.click({ timeout: 3000 }).catch(() => undefined);
  await found.click();
  await expect(page.getByRole('button', { name: /of voxels change class/ }).first()).toBeVisible();
});
