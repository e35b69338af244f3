import { expect, openApp, test } from './app.ts';

test('any method is chosen in the menu of a column, and a long one is cancelled', async ({
  page,
}) => {
  await openApp(page);
  const left = page.getByRole('combobox', { name: 'Method of panel 1' });
  await left.click();
  await expect(page.getByRole('group', { name: 'At the layer' })).toBeVisible();
  await expect(page.getByRole('option', { name: /^CAM/ })).toBeDisabled();
  await page.getByRole('option', { name: 'Gradient × input' }).click();
  await expect(page.getByRole('region', { name: 'Gradient × input' })).toBeVisible();
  await expect(page.getByText(/Gradient × input accounts for \d+% of it/)).toBeVisible();

  await left.click();
  await page.getByRole('option', { name: 'Occlusion sensitivity' }).click();
  await expect(page.getByText(/Still shown: Gradient × input and Respond-CAM of/)).toBeVisible();
  await expect(page.getByText(/Occlusion sensitivity \d+%/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(left).toHaveText('Gradient × input', { useInnerText: true });
  await expect(page.getByText(/Still shown/)).toBeHidden();
});
