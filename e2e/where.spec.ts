import { expect, openApp, test } from './app.ts';

test('says where each map is, goes to its peak, and whether it can be trusted, with remedies', async ({
  page,
}) => {
  await openApp(page);
  const column = page.getByRole('region', { name: 'Respond-CAM' });
  await expect(column.getByText(/% inside \(chance .*%\)/)).toBeVisible();
  const details = column.getByRole('button', { name: /Of what speaks for the class/ });
  await expect(details).toHaveAccessibleName(/The map has 5³ voxels of 8 nm\./);
  await expect(page.getByText('40³ voxels of 1 nm', { exact: true })).toBeVisible();
  await expect(page.getByText(/^· particle .*% of it$/)).toBeVisible();
  const position = column.locator('output').first();
  const before = await position.textContent();
  await column.getByRole('button', { name: /Go to the peak of Respond-CAM: peak .* nm/ }).click();
  await expect(position).not.toHaveText(before ?? '');

  const block = page.getByRole('region', { name: 'Can I trust it?' });
  await expect(block.getByText('Adds up to the score')).toBeVisible();
  await expect(
    block.getByText(/Too coarse for parts: .* voxels across the particle/),
  ).toBeVisible();
  await block.getByText('Ranks the classes as the scores do').click();
  await expect(block.getByRole('img', { name: 'Map sums and scores of 23 classes' })).toBeVisible();
  await block.getByText('Hardly about this class').click();
  await expect(
    block.getByText(/with the plain sum of activations, which knows no class/),
  ).toBeVisible();
  await block.getByRole('button', { name: /^Why not / }).click();
  await expect(page.getByText(/Score minus that of /)).toBeVisible();
  await block.getByRole('button', { name: 'Back to the score' }).click();
  await expect(page.getByText(/Score minus that of /)).toHaveCount(0);
});
