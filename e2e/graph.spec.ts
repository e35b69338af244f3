import { drop, expect, findings, fixture, openApp, test } from './app.ts';

const unet = ['model.onnx', 'input.npy'].map((file) =>
  fixture('import/onnx/monai_unet_prelu', file),
);

test('a layer is chosen in the graph of the network, and the choice is taken back', async ({
  page,
}) => {
  await openApp(page);
  const layer = page.getByRole('combobox', { name: 'Layer to explain' });
  await page.keyboard.press('g');
  const dialog = page.getByRole('dialog', { name: /^Layers of CNN-2/ });
  await expect(dialog.getByRole('button', { name: /^maxpool2;/ })).toHaveAttribute(
    'aria-current',
    'true',
  );
  await expect(dialog).toContainText('5³8 nm');
  await expect(dialog.getByRole('button', { name: /^fc1;/ })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  // The layer shown has the keyboard.
  await page.keyboard.press('ArrowUp');
  await expect(dialog.getByRole('button', { name: /^conv4;/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(layer).toContainText('conv4');
  await page.keyboard.press('Control+z');
  await expect(layer).toContainText('maxpool2');

  await test.step('from what is said about the network, in a small window in the dark', async () => {
    await page.setViewportSize({ width: 1024, height: 768 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.keyboard.press('n');
    await page.getByRole('button', { name: 'Graph of the layers…' }).click();
    await expect(dialog.getByRole('button', { name: /^maxpool2;/ })).toBeInViewport();
    expect(await findings(page)).toEqual([]);
  });
});

test('a U-Net with residual blocks is folded, searched, unfolded and read as a list', async ({
  page,
}) => {
  await openApp(page);
  await drop(page, ...unet);
  await expect(page.getByText(/^Network gives most to/)).toBeVisible();
  await page.getByRole('combobox', { name: 'Layer to explain' }).click();
  await page.getByRole('option', { name: 'Choose in the graph…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Layers of model.onnx' });
  const boxes = dialog.locator('[data-box]');
  await expect(boxes).toHaveCount(17);
  await dialog.getByRole('searchbox', { name: 'Find a layer' }).fill('b.1 norm');
  await expect(dialog.getByText('1 of 3')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  // The norm was within a box; it has one of its own now, and the keyboard.
  await expect(boxes).toHaveCount(19);
  await expect(dialog.getByRole('button', { name: /^net\/d1\/b\/b\.1;/ })).toBeFocused();
  await dialog.getByRole('button', { name: 'Fold net/d1/b/b.0' }).click();
  await expect(boxes).toHaveCount(17);
  await dialog.getByRole('searchbox', { name: 'Find a layer' }).fill('');
  await dialog.getByRole('switch', { name: 'Every node' }).click();
  await expect(boxes).toHaveCount(31);
  expect(await findings(page)).toEqual([]);

  await dialog.getByRole('switch', { name: 'Stay open' }).click();
  await dialog.getByRole('radio', { name: 'List' }).click();
  const rows = dialog.getByRole('row');
  await expect(rows).toHaveCount(32);
  await expect(rows.last()).toContainText('logits');
  await dialog.getByRole('button', { name: 'Explain at /net/d0/Add_output_0' }).click();
  await expect(rows.filter({ hasText: 'shown now' })).toContainText('/net/d0/Add');
  expect(await findings(page)).toEqual([]);
});
