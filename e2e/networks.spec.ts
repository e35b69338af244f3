import { readFileSync } from 'node:fs';
import { classRows, downloaded, drop, expect, fixture, openApp, test } from './app.ts';

const onnx = (name: string, ...files: string[]) =>
  files.map((file) => fixture('import/onnx', name, file));

test('dropped ONNX networks are explained: the difference of two classes, voxels of a U-Net, those in a ball', async ({
  page,
}) => {
  await openApp(page);
  await drop(page, ...onnx('medicalnet_resnet', 'model.onnx', 'model.onnx.data', 'input.npy'));
  await expect(page.getByText(/^Network says class 4/)).toBeVisible();
  await expect(classRows(page)).toHaveCount(5);
  // The scores of PyTorch in float64.
  await expect(classRows(page).first()).toContainText('0.56');
  await expect(page.getByRole('combobox', { name: 'Network' })).toContainText('model.onnx');

  await page.getByText('Explains: class score').click();
  await page.getByRole('combobox', { name: 'What is explained' }).click();
  await page.getByRole('option', { name: 'Difference of two classes' }).click();
  await expect(page.getByText(/Score minus that of class 1/)).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Explains: class score')).toBeVisible();

  await drop(page, ...onnx('monai_unet_prelu', 'model.onnx', 'input.npy'));
  await expect(page.getByText(/^Network gives most to class 2/)).toContainText('811 voxels');
  await expect(page.getByText('Explains: segmented voxels')).toBeVisible();
  // In front of an instance norm, statistics are frozen and the app says so.
  await page.getByRole('combobox', { name: 'Layer to explain' }).click();
  await page.getByRole('option', { name: '/net/d0/Add_output_0' }).click();
  await expect(page.getByRole('radio', { name: 'Frozen' })).toBeChecked();
  await page.getByRole('combobox', { name: 'What is explained' }).click();
  await page.getByRole('option', { name: 'A ball around the crosshair' }).click();
  await expect(page.getByRole('slider', { name: 'Radius of the ball in voxels' })).toBeVisible();
  // Voxels within 4 of one in the middle of 16 x 12 x 12.
  await expect(page.getByText(/^Network gives most to/)).toContainText('257 voxels');
});

test('says what was found in a network, and keeps what the user knows about it', async ({
  page,
}) => {
  await openApp(page);
  await drop(page, ...onnx('deepict_unet3d', 'legacy11_dynamic.onnx', 'input.npy'));
  await expect(page.getByText(/^Network finds class 0 in \d+ voxels/)).toBeVisible();
  await page.getByRole('button', { name: 'About the network' }).click();
  const dialog = page.getByRole('dialog', { name: 'legacy11_dynamic.onnx' });
  await expect(dialog).toContainText('ONNX, opset 11');
  await expect(dialog).toContainText('takes volumes of other sizes, too');
  await expect(dialog).toContainText('its final sigmoid is taken off');
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialog.getByRole('button', { name: 'Compare with a reference output…' }).click(),
  ]);
  await chooser.setFiles(onnx('deepict_unet3d', 'input.npy')[0]);
  await expect(dialog.getByRole('status')).toContainText(
    'input.npy: it holds 3024 numbers, the output mask 2304',
  );
  await dialog.getByRole('textbox', { name: /^Classes/ }).fill('ribosome\nmembrane');
  await dialog.getByRole('textbox', { name: /^Voxel size/ }).focus();
  await expect(dialog.getByRole('alert')).toContainText('2 lines for 1 class; accepted');
  await dialog.getByRole('textbox', { name: /^Classes/ }).fill('ribosome');
  await dialog.getByRole('textbox', { name: /^Voxel size/ }).fill('13.48');
  await dialog.getByRole('combobox', { name: /^Normalisation/ }).click();
  await page.getByRole('option', { name: 'Percentiles to 0 and 1…' }).click();
  await dialog.getByRole('textbox', { name: '1 at (%)' }).fill('99');
  const file = await downloaded(page, () =>
    dialog.getByRole('button', { name: 'Save what it expects' }).click(),
  );
  expect(file.suggestedFilename()).toBe('legacy11_dynamic.respond-cam.json');
  expect(JSON.parse(readFileSync(await file.path(), 'utf8'))).toEqual({
    classes: ['ribosome'],
    voxelSize: 13.48,
    preprocessing: [
      { id: 'scale_range', kwargs: { min_percentile: 1, max_percentile: 99, eps: 1e-6 } },
    ],
  });
  await page.keyboard.press('Escape');
  await expect(page.getByText(/^Network finds ribosome in \d+ voxels/)).toBeVisible();
});

test('a dropped checkpoint is built from its weights and the configuration beside it', async ({
  page,
}) => {
  const octopi = (file: string) => fixture('checkpoints/octopi_unet', file);
  await openApp(page);
  await drop(page, octopi('best_model.pth'), octopi('model.yaml'), octopi('input.npy'));
  await expect(page.getByText(/^Network gives most to ribosome/)).toBeVisible();
  await page.getByRole('button', { name: 'About the network' }).click();
  const dialog = page.getByRole('dialog', { name: 'octopi MONAI UNet' });
  await expect(dialog).toContainText('PyTorch checkpoint, MONAI UNet (octopi)');
  await page.keyboard.press('Escape');
  await drop(
    page,
    fixture('checkpoints/tomotwin', 'tomotwin_latest.pth'),
    fixture('checkpoints/tomotwin', 'input.npy'),
  );
  await expect(page.getByText(/^Network gives most at entry 15/)).toBeVisible();
});
