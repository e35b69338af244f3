import type { Locator, Page } from '@playwright/test';
import { classRows, expect, openApp, openFacts, test } from './app.ts';

/** Names of the controls in sight whose middle belongs to something else. */
async function covered(page: Page, within = 'body'): Promise<string[]> {
  return page.evaluate((within) => {
    const names: string[] = [];
    const controls = 'button, a[href], input, [role=slider], [role=combobox], [role=radio]';
    for (const control of document.querySelector(within)!.querySelectorAll<HTMLElement>(controls)) {
      if (!control.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const name = control.getAttribute('aria-label') ?? control.textContent ?? '';
      control.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
      const { left, right, top, bottom } = control.getBoundingClientRect();
      if (right - left < 2 || bottom - top < 2) continue;
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      if (!hit || !(control.contains(hit) || hit.contains(control))) names.push(name.trim());
    }
    return names;
  }, within);
}

/** How much wider than its room the page, or a scrolling part as wide as the page, is. */
const overflow = (page: Page) =>
  page.evaluate(() =>
    Math.max(
      ...[document.documentElement, ...document.querySelectorAll('main, main > *')].map(
        ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
      ),
    ),
  );

test('every control can be reached at every width, at 200% zoom and with own scales', async ({
  page,
}) => {
  await openApp(page);
  await page.getByRole('radio', { name: 'Own scales' }).click();
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
    [960, 700],
    [720, 450],
    [390, 844],
  ]) {
    await page.setViewportSize({ width, height });
    // The layout follows the media queries before the next frame.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(null))));
    expect(await covered(page), `${width} x ${height}`).toEqual([]);
    expect(await overflow(page), `${width} x ${height}`).toBeLessThanOrEqual(0);
  }

  await test.step('on a phone the panels are drawers that hold the keyboard until Escape', async () => {
    for (const [opener, title] of [
      ['Classes and score…', 'Classes'],
      ['Volumes…', 'Volumes'],
    ]) {
      const button = page.getByRole('button', { name: opener });
      await button.click();
      const panel = page.getByRole('complementary', { name: title });
      await expect(panel).toBeFocused();
      await expect.poll(() => covered(page, '[role=dialog]'), title).toEqual([]);
      for (let i = 0; i < 12; i++) await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.closest('[role=dialog]'))).not.toBe(
        null,
      );
      await page.keyboard.press('Escape');
      await expect(panel).toBeHidden();
      await expect(button).toBeFocused();
    }
    await page.keyboard.press('3');
    await expect(page.getByRole('complementary', { name: 'Classes' })).toBeFocused();
    await page.keyboard.press('Escape');
    await page.getByRole('radio', { name: 'Input' }).click();
    await expect(page.getByRole('region', { name: 'Input' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Respond-CAM' })).toBeHidden();
  });

  await test.step('the other pages fit a phone', async () => {
    for (const title of ['Evaluate', 'Paper']) {
      await page.getByRole('link', { name: title }).click();
      await expect(page).toHaveTitle(new RegExp(`^${title}`));
      expect(await overflow(page), title).toBeLessThanOrEqual(0);
      expect(await covered(page), title).toEqual([]);
    }
  });
});

test('bars and chosen states are seen with forced colours', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await openApp(page);
  await openFacts(page);
  const ground = (element: Locator) =>
    element.first().evaluate((one) => getComputedStyle(one).backgroundColor);
  const canvas = await ground(page.locator('body'));
  const clear = 'rgba(0, 0, 0, 0)';
  for (const [what, element] of [
    [
      'bar of the ledger',
      page
        .getByRole('row', { name: /^Score/ })
        .locator('td i')
        .last(),
    ],
    ['bar of a score', classRows(page).nth(3).locator('[aria-hidden=true] > :nth-child(2)')],
    ['chosen toggle', page.getByRole('radio', { checked: true })],
    ['chosen sample', page.locator('[aria-current=true]')],
    ['chosen class', classRows(page).filter({ has: page.locator('[aria-pressed=true]') })],
    [
      'track of a slider',
      page
        .getByRole('slider', { name: 'Level of the input surface' })
        .locator('xpath=../..')
        .locator('> :first-child'),
    ],
  ] as const) {
    expect([canvas, clear], what).not.toContain(await ground(element));
  }
});
