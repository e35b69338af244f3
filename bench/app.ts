import type { Page } from '@playwright/test';
import { withApp } from '../scripts/with-app.mjs';
import { firstLoad } from './first-load.ts';
import type { Part, Row } from './rows.ts';

const VISITS = 3;

/** The app in headless Chromium with software rendering: first visit, then dragging, turning and rest. */
export async function appBench(): Promise<Part> {
  const measured: Row[] = [];
  await withApp(async (browser, address) => {
    const visits = [];
    for (let i = 0; i < VISITS; i++) visits.push(await firstLoad(browser, address));
    const middle = (values: number[]) => values.sort((a, b) => a - b)[VISITS >> 1];
    const [{ files }] = visits;
    const bytes = (some: typeof files) => some.reduce((sum, file) => sum + file.bytes, 0) / 1e6;
    const weights = files.filter(({ path }) => path.endsWith('.bin'));
    const visit = (name: string, value: number, unit: string) =>
      measured.push({ name: `app: first visit, ${name}`, value, unit });
    visit('first paint after', middle(visits.map(({ paint }) => paint)), 'ms');
    visit('controls on the screen after', middle(visits.map(({ page }) => page)), 'ms');
    visit('first heatmap after', middle(visits.map(({ heatmap }) => heatmap)), 'ms');
    visit('fetched until then', bytes(files), 'MB');
    visit('weights among them', bytes(weights), 'MB');

    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(countDraws);
    await page.goto(address);
    const rows = page.getByRole('table', { name: 'Classes' }).locator('tbody tr');
    await rows.nth(22).waitFor();
    await page.waitForTimeout(4000);
    const drawn = await draws(page);
    await page.waitForTimeout(3000);
    const idle = (await draws(page)) - drawn;
    measured.push({ name: 'app: draw calls in 3 s at rest', value: idle, unit: '' });
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
    const frame = await fourPanels(page);
    const label = 'longest main-thread task over 50 ms (0: none)';
    measured.push(
      { name: `app: moving a level 30 times, ${label}`, value: drag, unit: 'ms' },
      { name: `app: turning the views 30 times, ${label}`, value: turn, unit: 'ms' },
      { name: `app: choosing four classes, ${label}`, value: classes, unit: 'ms' },
      {
        name: 'app: turning four panels, time of the main thread for a frame',
        value: frame,
        unit: 'ms',
      },
    );
  });
  return { rows: measured };
}

/** In the page: counts what WebGL is asked to draw. */
function countDraws(): void {
  const counter = Object.assign(globalThis, { draws: 0 });
  const { prototype } = WebGL2RenderingContext;
  for (const name of ['drawElements', 'drawElementsInstanced', 'drawArrays'] as const) {
    const draw = prototype[name] as (...values: unknown[]) => void;
    Object.assign(prototype, {
      [name](this: WebGL2RenderingContext, ...values: unknown[]) {
        counter.draws++;
        draw.apply(this, values);
      },
    });
  }
}

const draws = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { draws: number }).draws);

/**
 * Processor time of the page's thread for a frame, ms, while four panels are turned; 60 frames a second leave 16.7.
 * Software rendering takes place elsewhere.
 */
async function fourPanels(page: Page): Promise<number> {
  for (let i = 0; i < 2; i++) {
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('menuitem', { name: 'One panel more' }).click();
  }
  await page.waitForTimeout(4000);
  const view = page.getByLabel(/^Respond-CAM.* in 3D/).first();
  await view.focus();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value;
  };
  const before = await spent();
  const frames = 60;
  for (let i = 0; i < frames; i++) {
    await view.press('ArrowRight');
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
  return ((await spent()) - before) / frames;
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
