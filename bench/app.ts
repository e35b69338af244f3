import type { Page } from '@playwright/test';
import { withApp } from '../scripts/with-app.mjs';
import type { Part, Row } from './rows.ts';

/** The app in headless Chromium with software rendering: first explanation, then dragging and turning. */
export async function appBench(): Promise<Part> {
  const measured: Row[] = [];
  await withApp(async (browser, address) => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const start = performance.now();
    await page.goto(address);
    const rows = page.getByRole('table', { name: 'Classes' }).locator('tbody tr');
    await rows.nth(22).waitFor();
    const explained = performance.now() - start;
    await page.waitForTimeout(4000);
    measured.push({
      name: 'app: first explanation on the screen after',
      value: explained,
      unit: 'ms',
    });
    const slider = page.getByRole('slider', { name: 'Contour level 3' });
    const drag = await longest(page, async () => {
      await slider.focus();
      for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowRight');
    });
    const turn = await longest(page, async () => {
      const box = await page.getByLabel('Respond-CAM in 3D').boundingBox();
      if (!box) throw new Error('the 3D view has no box');
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      for (let i = 1; i <= 30; i++) {
        await page.mouse.move(box.x + box.width / 2 + 3 * i, box.y + box.height / 2 + i);
      }
      await page.mouse.up();
    });
    const classes = await longest(page, async () => {
      for (const i of [3, 7, 11, 0]) await rows.nth(i).getByRole('button').click();
    });
    const label = 'longest main-thread task over 50 ms (0: none)';
    measured.push(
      { name: `app: moving a level 30 times, ${label}`, value: drag, unit: 'ms' },
      { name: `app: turning the views 30 times, ${label}`, value: turn, unit: 'ms' },
      { name: `app: choosing four classes, ${label}`, value: classes, unit: 'ms' },
    );
  });
  return { rows: measured };
}

/** The longest task over 50 ms on the page's main thread while `task` runs and settles; 0 for none. */
async function longest(page: Page, task: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const seen: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.push(entry.duration);
    });
    observer.observe({ entryTypes: ['longtask'] });
    Object.assign(globalThis, { longTasks: { seen, observer } });
  });
  await task();
  await page.waitForTimeout(1500);
  return page.evaluate(() => {
    const { seen, observer } = (
      globalThis as unknown as {
        longTasks: { seen: number[]; observer: PerformanceObserver };
      }
    ).longTasks;
    observer.disconnect();
    return Math.max(0, ...seen);
  });
}
