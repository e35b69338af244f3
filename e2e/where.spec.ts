import { expect, openApp, test } from './app.ts';

test('each panel says where its map is, and goes to its peak', async ({ page }) => {
  await openApp(page);
  const column = page.getByRole('region', { name: 'Respond-CAM' });
  await expect(column.getByText(/% inside \(chance .*%\) · peak .* nm/)).toBeVisible();
  const details = column.getByRole('button', { name: /Of what speaks for the class/ });
  await expect(details).toHaveAccessibleName(/The map has 5³ voxels of 8 nm\./);
  await expect(page.getByText(/40³ voxels of 1 nm · particle .*% of it/)).toBeVisible();
  const position = column.locator('output').first();
  const before = await position.innerText();
  await column.getByRole('button', { name: 'Go to the peak of Respond-CAM' }).click();
  await expect(position).not.toHaveText(before);
});
