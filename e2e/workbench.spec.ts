import type { Page } from '@playwright/test';
import { drop, expect, findings, fixture, openApp, settled, test } from './app.ts';

/** The panels beside each other, and their names. */
function columnsOf(page: Page) {
  const columns = page.locator('#views section:has(> header)');
  const titles = () =>
    columns.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  return { columns, titles };
}

test('methods and their difference, a class and its runner-up, and the layers are compared', async ({
  page,
}) => {
  await openApp(page);
  const { columns, titles } = columnsOf(page);
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
    .toEqual([
      'Input',
      'Respond-CAM, GroEL 14-mer',
      expect.stringMatching(/^Respond-CAM, (?!panel|GroEL 14)/),
      'Difference',
    ]);

  await compare('Layers');
  await expect(columns).toHaveCount(9);
  // Each is answered by the engine, one after the other; the last one is the network's own.
  await expect(columns.last().getByRole('button', { name: /% inside/ })).toBeVisible({
    timeout: 30_000,
  });
  expect(await findings(page)).toEqual([]);

  // The answer stays where no panel has a map of what the header asks.
  await page.getByRole('button', { name: 'More for Respond-CAM' }).last().click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await expect(columns).toHaveCount(8);
  await expect(page.getByText(/^Network says /)).toBeVisible();

  await page.getByRole('button', { name: /^conv3, follow/ }).click();
  await expect(page.getByRole('button', { name: /^conv3, follow/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'More for Respond-CAM' }).first().click();
  await page.getByRole('menuitem', { name: 'Show large' }).click();
  await expect(columns).toHaveCount(2);
  for (let i = 0; i < 5; i++) await page.keyboard.press('Control+z');
  await expect.poll(titles).toEqual(['Input', 'Grad-CAM', 'Respond-CAM']);

  for (const [preset, count] of [
    ['This class alone', 3],
    ['Volumes', 3],
    ['Tiles: methods by layers', 9],
    ['Tiles: networks by volumes', 5],
    ['Networks', 3],
  ] as const) {
    await test.step(preset, async () => {
      await compare(preset);
      await expect(columns).toHaveCount(count);
    });
  }
  await compare('Figure 3');
  await expect(page.getByRole('combobox', { name: /^Network/ })).toContainText('CNN-1, SNR 0.1');
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
  for (const kind of ['Slices in the box', 'Projection']) {
    const drawn = await drawAs(kind);
    expect(drawn.equals(shells) || drawn.equals(painted), kind).toBe(false);
  }
  expect((await drawAs('Shells')).equals(shells)).toBe(true);

  const { columns } = columnsOf(page);
  await page.keyboard.press('f');
  await expect(columns).toHaveCount(2);
  await expect(page.getByRole('region', { name: 'Grad-CAM', exact: true })).toBeVisible();
  await page.keyboard.press('f');
  await expect(page.getByRole('region', { name: 'Respond-CAM', exact: true })).toBeVisible();
  await page.keyboard.press('a');
  await expect(columns).toHaveCount(3);
});

test('a layer is chosen in the strip; a level is dragged in one step, moved by keys, taken away', async ({
  page,
}) => {
  await openApp(page);
  const strip = page.getByRole('region', { name: 'Layers of the network' });
  const layer = page.getByRole('combobox', { name: 'Layer to explain' });
  await expect(strip.locator('canvas')).toHaveCount(8);
  await page.setViewportSize({ width: 1100, height: 800 });
  await expect(strip.locator('[aria-current=true]')).toBeInViewport({ ratio: 0.99 });
  await page.setViewportSize({ width: 1440, height: 900 });
  await strip.getByRole('button', { name: 'conv3, 10³ of 4 nm' }).click();
  await expect(layer).toContainText('conv3');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(layer).toContainText('maxpool1');
  await expect(strip.getByRole('button', { name: /^maxpool1/ })).toHaveAttribute(
    'aria-current',
    'true',
  );

  const field = page.getByRole('textbox', { name: 'Contour levels, magnitudes' });
  const usual = await field.inputValue();
  const mark = page.getByRole('slider', { name: 'Contour level 3' });
  const { x, y, width, height } = (await mark.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + 20, y + 8, { steps: 4 });
  await page.mouse.move(x + 40, y + 8, { steps: 4 });
  await page.mouse.up();
  await expect(field).not.toHaveValue(usual);
  await page.keyboard.press('Control+z');
  await expect(field).toHaveValue(usual);
  await mark.focus();
  await page.keyboard.press('ArrowRight');
  await expect(field).toHaveValue('10  30  51  70  90');
  await page.keyboard.press('Delete');
  await expect(field).toHaveValue('10  30  70  90');
  await page.getByRole('radio', { name: '% mass' }).click();
  await expect(mark).toHaveAttribute('aria-valuetext', /% of the mass beyond$/);
});

test('a map is taken apart into channels, built up and muted', async ({ page }) => {
  await openApp(page);
  await page.keyboard.press('w');
  const walk = page.getByRole('dialog', { name: 'How the map is made: maxpool2' });
  const channels = walk.getByRole('region', { name: 'Channels' });
  await expect(channels.getByRole('checkbox')).toHaveCount(64);
  const sum = walk.locator('figure').nth(1).locator('figcaption');
  await expect(sum).toContainText('Σ 28.9 of score 28.9');
  const first = channels.getByRole('checkbox').first();
  await first.uncheck();
  await expect(sum).not.toContainText('Σ 28.9');
  await first.check();
  await walk.getByRole('slider', { name: 'Number of channels in the sum' }).press('Home');
  await expect(sum).toContainText('Σ 0 of score');
  await channels.getByRole('button', { pressed: true }).press('ArrowDown');
  await expect(walk.locator('figure').first()).toContainText(/Channel \d+/);
  expect(await findings(page)).toEqual([]);
});

test('a panel is dragged to another place, and moves alone with a camera of its own', async ({
  page,
}) => {
  await openApp(page);
  const { titles } = columnsOf(page);
  const middleOf = async (name: string) => {
    const { x, y, width, height } = (await page.getByLabel(name, { exact: true }).boundingBox())!;
    return [x + width / 2, y + height / 2] as const;
  };
  await page.mouse.move(...(await middleOf('Move Respond-CAM')));
  await page.mouse.down();
  await page.mouse.move(...(await middleOf('Grad-CAM')), { steps: 4 });
  await page.mouse.up();
  await expect.poll(titles).toEqual(['Input', 'Respond-CAM', 'Grad-CAM']);
  await page.keyboard.press('Control+z');
  await expect.poll(titles).toEqual(['Input', 'Grad-CAM', 'Respond-CAM']);

  await page.getByRole('button', { name: 'More for Respond-CAM' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Camera and crosshair of its own' }).click();
  const [alone, other] = [page.getByLabel('Respond-CAM in 3D'), page.getByLabel('Grad-CAM in 3D')];
  const [before, still] = [await settled(alone), await settled(other)];
  await alone.press('ArrowRight');
  await expect.poll(async () => (await alone.screenshot()).equals(before)).toBe(false);
  expect((await settled(other)).equals(still)).toBe(true);
});

test('surfaces of the volume before do not stand in the box of one of another size', async ({
  page,
}) => {
  await openApp(page);
  const input = page.getByRole('application', { name: /^Input in 3D/ });
  await expect(input).toHaveAttribute('aria-busy', 'false');
  await page.evaluate(() => {
    const view = document.querySelector('[aria-label^="Input in 3D"]')!;
    const seen = new MutationObserver(() => {
      if (!document.body.textContent?.includes('20 × 12 × 16 voxels')) return;
      document.body.dataset.atFirst = view.getAttribute('aria-busy') ?? '';
      seen.disconnect();
    });
    seen.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await drop(page, fixture('checkpoints/octopi_unet/input.npy'));
  await expect(page.locator('body')).toHaveAttribute('data-at-first', 'true');
  await expect(input).toHaveAttribute('aria-busy', 'false');
});

test('what is painted is hidden from the network, in slices and in space', async ({ page }) => {
  await openApp(page);
  await page.getByRole('button', { name: 'Paint it with a brush…' }).click();
  const brush = page.getByRole('region', { name: 'Brush' });
  const slice = page.getByRole('application', { name: /^Grad-CAM: slice .*, z/ });
  const position = await slice.getAttribute('aria-label');
  const { x, y, width, height } = (await slice.boundingBox())!;
  const plain = await settled(slice);
  await page.mouse.move(x + 0.4 * width, y + 0.4 * height);
  await page.mouse.down();
  await page.mouse.move(x + 0.6 * width, y + 0.6 * height, { steps: 5 });
  await page.mouse.up();
  await expect(brush).toContainText(/\d% painted/);
  expect(await findings(page)).toEqual([]);
  expect((await settled(slice)).equals(plain)).toBe(false);
  expect(await slice.getAttribute('aria-label')).toBe(position);
  await brush.getByRole('button', { name: 'Hide it and ask' }).click();
  await expect(brush).toContainText(/Without what was painted .*: score 28\.9 → /);
  await brush.getByRole('button', { name: 'Clear' }).click();
  await expect(brush.getByRole('button', { name: 'Hide it and ask' })).toBeDisabled();
  await brush.getByRole('button', { name: 'Done' }).click();
  await expect(brush).toHaveCount(0);
});
