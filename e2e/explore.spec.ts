import { choose, classRows, expect, openApp, settled, test } from './app.ts';

test('class, layer, levels and undo', async ({ page }) => {
  await openApp(page);
  const sums = page.getByRole('region', { name: 'Respond-CAM' });
  const predicted = (await sums.textContent()) ?? '';

  await classRows(page).nth(4).getByRole('button').click();
  await expect(classRows(page).nth(4)).toHaveClass(/is-chosen/);
  await expect(sums).not.toHaveText(predicted);

  await choose(page, 'Layer to explain', /^conv3/);
  await expect(page.getByRole('combobox', { name: 'Layer to explain' })).toContainText('conv3');
  await expect(classRows(page)).toHaveCount(23);

  const levels = page.getByRole('textbox', { name: 'Contour levels, magnitudes' });
  await levels.fill('25 75');
  await levels.press('Enter');
  await expect(page.getByRole('slider', { name: /Contour level/ })).toHaveCount(2);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('slider', { name: /Contour level/ })).toHaveCount(5);
});

test('one crosshair moves through all slices', async ({ page }) => {
  await openApp(page);
  const slices = page.getByLabel(/: slice \d+\/40, z /);
  await expect(slices).toHaveCount(3);
  const at = async () =>
    Promise.all((await slices.all()).map(async (slice) => slice.getAttribute('aria-label')));
  const before = await at();
  await slices.first().hover();
  await page.mouse.wheel(0, 100);
  await expect.poll(async () => (await at())[2]).not.toBe(before[2]);
  const counts = (await at()).map((label) => label?.match(/slice (\S+)/)?.[1]);
  expect(new Set(counts).size).toBe(1);
});

test('orbiting turns all three views together', async ({ page }) => {
  await openApp(page);
  const left = page.getByLabel('Input in 3D');
  const right = page.getByLabel('Respond-CAM in 3D');
  await expect(right).toBeVisible();
  const before = [await settled(left), await settled(right)];
  const box = await left.boundingBox();
  if (!box) throw new Error('the input view has no box');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 80, box.y + box.height / 2 + 30, { steps: 4 });
  await page.mouse.up();
  for (const [i, view] of [left, right].entries()) {
    await expect.poll(async () => (await view.screenshot()).equals(before[i])).toBe(false);
  }
});
