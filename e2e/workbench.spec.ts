import { expect, findings, openApp, settled, test } from './app.ts';

test('methods and their difference, a class and its runner-up, and the layers are compared', async ({
  page,
}) => {
  await openApp(page);
  const columns = page.locator('#views section:has(> header)');
  const titles = () =>
    columns.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  const compare = async (name: string) => {
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('menuitem', { name: new RegExp(`^${name}`) }).click();
  };

  await compare('Methods and their difference');
  await expect.poll(titles).toEqual(['Input', 'Grad-CAM', 'Respond-CAM', 'Respond-CAM − Grad-CAM']);

  await compare('Class against runner-up');
  await expect(
    page.getByRole('button', { name: /GroEL.*follow the choice at the top/ }),
  ).toBeVisible();
  await expect(page.getByText(/^Network says /)).toBeVisible();
  await expect
    .poll(titles)
    .toEqual(['Input', 'Respond-CAM, panel 1', 'Respond-CAM, panel 2', 'Difference']);

  await compare('Layers');
  await expect(columns).toHaveCount(9);
  // Each is answered by the engine, one after the other; the last one is the network's own.
  await expect(columns.last().getByRole('button', { name: /% inside/ })).toBeVisible({
    timeout: 30_000,
  });
  expect(await findings(page)).toEqual([]);

  await page.getByRole('button', { name: /^conv3, follow/ }).click();
  await expect(page.getByRole('button', { name: /^conv3, follow/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'More for Respond-CAM' }).first().click();
  await page.getByRole('menuitem', { name: 'Show large' }).click();
  await expect(columns).toHaveCount(2);
  for (let i = 0; i < 4; i++) await page.keyboard.press('Control+z');
  await expect.poll(titles).toEqual(['Input', 'Grad-CAM', 'Respond-CAM']);
});

test('a map is drawn as shells, as the voxels of its layer and painted on the density', async ({
  page,
}) => {
  await openApp(page);
  const view = page.getByLabel('Respond-CAM in 3D');
  const drawAs = async (kind: string) => {
    await page.getByRole('button', { name: 'More for Respond-CAM' }).click();
    await page.getByRole('menuitemcheckbox', { name: kind }).click();
    await expect(view).toHaveAttribute('aria-busy', 'false');
    return settled(view);
  };
  const value = page.getByRole('region', { name: 'Respond-CAM', exact: true }).locator('output');
  const smooth = await value.textContent();
  const shells = await drawAs('Shells');
  const voxels = await drawAs('Voxels of the layer');
  expect(voxels.equals(shells)).toBe(false);
  expect(await value.textContent()).not.toBe(smooth);
  const painted = await drawAs('Painted on the density');
  expect(painted.equals(shells)).toBe(false);
  expect(await value.textContent()).toBe(smooth);
  expect((await drawAs('Shells')).equals(shells)).toBe(true);

  const columns = page.locator('#views section:has(> header)');
  await page.keyboard.press('f');
  await expect(columns).toHaveCount(2);
  await expect(page.getByRole('region', { name: 'Grad-CAM', exact: true })).toBeVisible();
  await page.keyboard.press('f');
  await expect(page.getByRole('region', { name: 'Respond-CAM', exact: true })).toBeVisible();
  await page.keyboard.press('a');
  await expect(columns).toHaveCount(3);
});
