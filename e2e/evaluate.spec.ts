import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { choose, downloaded, drop, expect, findings, fixture, test } from './app.ts';

async function openEvaluation(page: Page): Promise<void> {
  await page.goto('/#/evaluate');
  await expect(page.getByRole('button', { name: 'Evaluate', exact: true })).toBeEnabled();
}

async function simulate(page: Page, perClass: number): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Simulated volumes of each class' });
  await field.fill(String(perClass));
  await field.press('Enter');
}

const finished = (page: Page) =>
  expect(page.getByRole('button', { name: 'Evaluate again' })).toBeVisible({ timeout: 90_000 });

test('evaluates a network on simulated volumes, and its worst volume is one click away', async ({
  page,
}) => {
  await openEvaluation(page);
  expect(await findings(page)).toEqual([]);
  await simulate(page, 1);
  await choose(page, 'Noise of the simulated volumes', 'SNR 0.5');
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await finished(page);

  const table = page.getByRole('region', { name: 'Map sums against scores (Table 1)' });
  await expect(table.getByRole('row', { name: /Respond-CAM/ })).toContainText(/0\.9\d\d/);
  // The paper's numbers are for noise-free volumes and SNR 0.1.
  await expect(table.getByRole('row', { name: 'published' })).toHaveCount(0);
  await expect(page.getByText(/The paper has no numbers for this/)).toBeVisible();
  await expect(page.getByText(/23 simulated volumes at SNR 0.5/)).toBeVisible();
  const cells = page.getByRole('region', { name: 'Answers by true class' }).getByRole('button');
  const counts = await cells.allTextContents();
  expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(23);
  expect(await findings(page)).toEqual([]);

  await cells.first().click();
  const list = page.getByRole('region', { name: /of the chosen cell/ });
  await expect(list.getByRole('row')).toHaveCount(2);
  await list.getByRole('button', { name: /\/0$/ }).click();
  await expect(page).toHaveURL(/#\/explain/);
  await expect(page.getByRole('combobox', { name: 'Volume', exact: true })).toContainText(
    'SNR 0.5, held out 1',
  );
  await expect(page.getByText(/^Network says/)).toContainText(/correct|truth: /);
});

test('a run can be cancelled and keeps what is done, to be saved', async ({ page }) => {
  await openEvaluation(page);
  await simulate(page, 40);
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await expect(page.getByRole('progressbar', { name: / of 920/ })).toBeVisible();
  await expect(page.getByText(/^So far: /)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await finished(page);
  await expect(page.getByText(/Cancelled\. \d+ of 920 volumes were evaluated/)).toBeVisible();

  const save = async (name: string) => {
    const download = await downloaded(page, () => page.getByRole('button', { name }).click());
    expect(download.suggestedFilename()).toBe(
      `evaluation-cnn-2-snr-0.1-simulated-snr-0.1.${name.toLowerCase()}`,
    );
    return readFileSync(await download.path(), 'utf8');
  };
  const evaluation = JSON.parse(await save('JSON'));
  expect(evaluation).toMatchObject({ format: 'respond-cam-evaluation', total: 920 });
  expect(evaluation.n).toBe(evaluation.items.length);
  expect(evaluation.n).toBeGreaterThan(0);
  const rows = (await save('CSV')).trim().split('\n');
  expect(rows).toHaveLength(evaluation.n + 1);
});

test('dropped volumes are evaluated; the ones that do not fit are named', async ({ page }) => {
  await openEvaluation(page);
  await drop(
    page,
    fixture('mrc', 'generated-with-mrcfile', 'subtomo40_f32.mrc'),
    fixture('mrc', 'mrcfile', 'EMD-3197.map'),
  );
  await expect(page.getByText(/2 files/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await finished(page);
  const skipped = page.getByRole('region', { name: 'Skipped volumes' });
  await expect(skipped).toContainText('EMD-3197.map');
  await expect(skipped).toContainText(/takes 40³/);
  await expect(page.getByText('Their true classes are not known.')).toBeVisible();
});
