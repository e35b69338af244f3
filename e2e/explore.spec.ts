import { PNG } from 'pngjs';
import {
  choose,
  classRows,
  expect,
  freshTest,
  openApp,
  savePicture,
  settled,
  test,
} from './app.ts';

/** What the test reads of three.js's renderer. */
interface Renderer {
  readonly isWebGLRenderer?: boolean;
  readonly info: { readonly memory: { readonly geometries: number; readonly textures: number } };
}

test('class, layer, levels, undo, and one crosshair in all slices', async ({ page }) => {
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

/**
 * The topmost drawn pixel of each column of a view; columns without one have the height. All views draw the same
 * box, so the outline depends on the camera alone.
 */
function outline(png: Buffer): number[] {
  const { width, height, data } = PNG.sync.read(png);
  const drawn = (x: number, y: number) =>
    [0, 1, 2].some((c) => Math.abs(data[4 * (y * width + x) + c] - data[c]) > 24);
  return Array.from({ length: width }, (_, x) => {
    for (let y = 0; y < height; y++) if (drawn(x, y)) return y;
    return height;
  });
}

/** Share of the columns in which two outlines lie within two pixels of each other. */
function agreement(a: readonly number[], b: readonly number[]): number {
  const columns = Math.min(a.length, b.length);
  return a.filter((y, x) => Math.abs(y - b[x]) <= 2).length / columns;
}

test('orbiting turns all three views together', async ({ page }) => {
  await openApp(page);
  // Axes, scale bar and buttons lie over what the canvas draws.
  await page.addStyleTag({ content: '[aria-roledescription="3D view"] > * { display: none }' });
  const views = ['Input', 'Grad-CAM', 'Respond-CAM'].map((name) =>
    page.getByLabel(`${name} in 3D`),
  );
  const outlines = async () => {
    const found: number[][] = [];
    for (const view of views) {
      await expect(view).toHaveAttribute('aria-busy', 'false');
      found.push(outline(await settled(view)));
    }
    return found;
  };
  const before = await outlines();
  const box = await views[0].boundingBox();
  if (!box) throw new Error('the input view has no box');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 140, y + 50, { steps: 4 });
  await page.mouse.up();
  const after = await outlines();
  for (const [i, view] of views.entries()) {
    expect(agreement(before[i], before[0]), `${view}, before`).toBeGreaterThan(0.8);
    // Steep edges fall on other parts of a pixel in each view.
    expect(agreement(after[i], after[0]), `${view}, after`).toBeGreaterThan(0.65);
    expect(agreement(after[i], before[i]), `${view}, turned`).toBeLessThan(0.5);
  }
});

freshTest('geometries and textures on the graphics device do not accumulate', async ({ page }) => {
  // three.js announces its renderers to developer tools.
  await page.addInitScript(() => {
    const tools = new EventTarget();
    const renderers: Renderer[] = [];
    tools.addEventListener('observe', (event) => {
      const { detail } = event as CustomEvent<Renderer>;
      if (detail.isWebGLRenderer) renderers.push(detail);
    });
    Object.assign(window, { __THREE_DEVTOOLS__: tools, renderers });
  });
  const memory = () =>
    page.evaluate(() =>
      (window as unknown as { renderers: Renderer[] }).renderers.map(({ info }) => ({
        ...info.memory,
      })),
    );
  const rest = async () => {
    for (const view of await page.getByLabel(/ in 3D/).all()) {
      await expect(view).toHaveAttribute('aria-busy', 'false');
    }
  };
  const lookAround = async () => {
    await classRows(page).nth(4).getByRole('button').click();
    await rest();
    await page.getByLabel('Input in 3D').press('ArrowLeft');
    await page.getByLabel('Input in 3D').press('ArrowUp');
    await page.getByRole('radio', { name: 'Own scales' }).click();
    await rest();
    const download = await savePicture(page, 'PNG');
    await download.delete();
    await page.getByRole('radio', { name: 'Shared scale' }).click();
    await classRows(page).first().getByRole('button').click();
    await page.getByLabel('Input in 3D').press('0');
    await rest();
  };
  await openApp(page);
  await rest();
  await lookAround();
  // Surfaces may still be on their way when the views are at rest.
  const seen: string[] = [];
  const settled = async () =>
    seen.push(JSON.stringify(await memory())) > 2 && seen.at(-1) === seen.at(-3);
  await expect.poll(settled, { intervals: [500] }).toBe(true);
  const [first] = await memory();
  expect(first.geometries).toBeGreaterThan(0);
  await lookAround();
  await expect.poll(memory).toEqual([first]);
});
