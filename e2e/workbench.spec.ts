import { expect, findings, openApp, test } from './app.ts';

test('methods and their difference, a class and its runner-up, and the layers are compared', async ({
  page,
}) => {
  await openApp(page);
  const columns = page.locator('#views section[aria-label]');
  const titles = () =>
    columns.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  const compare = async (name: string) => {
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('menuitem', { name }).click();
  };

  await compare('Methods and their difference');
  await expect.poll(titles).toEqual(['Input', 'Grad-CAM', 'Respond-CAM', 'Respond-CAM − Grad-CAM']);

  await compare('Class against runner-up');
  await expect(
    page.getByRole('button', { name: /GroEL.*follow the choice at the top/ }),
  ).toBeVisible();
  await expect(page.getByText(/^Network says /)).toBeVisible();
  await expect.poll(titles).toEqual(['Input', 'Respond-CAM', 'Respond-CAM', 'Difference']);

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
