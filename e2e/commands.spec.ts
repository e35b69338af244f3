import { expect, findings, openApp, test } from './app.ts';

test('every command is found by typing and run by Enter', async ({ page }) => {
  await openApp(page);
  const field = page.getByRole('combobox', { name: 'All commands' });
  const options = page.getByRole('option');

  await page.keyboard.press('Control+k');
  await expect(field).toBeFocused();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.type('sections');
  await expect(options).toHaveText([/Slices: All sections/]);
  await page.keyboard.press('Enter');
  await expect(field).toBeHidden();
  await expect(page.getByLabel(/: all z-slices/)).toHaveCount(3);

  await test.step('also from a field, with arrows, and the focus comes back', async () => {
    const search = page.getByRole('searchbox', { name: 'Search classes' });
    await search.focus();
    await page.keyboard.press('Meta+k');
    await page.keyboard.type('undo');
    await expect(options.first()).toContainText('Undo');
    await page.keyboard.press('Escape');
    await expect(search).toBeFocused();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('theme');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });

  await test.step('it goes to panels, dialogs and pages', async () => {
    for (const [query, there] of [
      ['go to levels', page.getByRole('region', { name: 'Levels and colours' })],
      ['help', page.getByRole('dialog', { name: 'What you see' })],
    ] as const) {
      await page.keyboard.press('Control+k');
      await page.keyboard.type(query);
      await page.keyboard.press('Enter');
      await expect(there).toBeVisible();
      await page.keyboard.press('Escape');
    }
    await page.keyboard.press('Control+k');
    await field.fill('page evaluate');
    await options.first().click();
    await expect(page).toHaveURL(/#\/evaluate$/);
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('option', { name: /Reset the camera/ })).toHaveCount(0);
  });
});
