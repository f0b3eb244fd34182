/** Choosing among models, what is told of them, and networks that a person brings. */
import { expect, test } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../data.ts';
import { chooseFiles } from '../../build/file-chooser.mjs';
import { CleanPage, closeDialog, noisyPhoto } from './clean-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

const ownNetwork = async (name: string) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: await readFile(join(repositoryRoot, 'test/fixtures/runtime/own', name)),
});

let host: WebHost;
let clean: CleanPage;
test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host.stop());
test.beforeEach(async ({ page }) => {
  clean = new CleanPage(page);
  await clean.goto(host.address);
});

interface Card {
  readonly version: string;
  readonly title: string;
  readonly licence: string;
  readonly purpose: string;
  readonly limits: readonly string[];
  readonly quality: readonly { readonly noise: string; readonly value: number }[];
}

test('the automatic choice names what it came to, and its card is told', async ({ page }) => {
  const card = JSON.parse(
    await readFile(join(repositoryRoot, 'models/denoise-photo-fast/card.json'), 'utf8'),
  ) as Card;
  await clean.openSample();
  await clean.cleaned();
  const panel = page.getByRole('region', { name: 'Model' });
  const choice = panel.getByRole('combobox', { name: 'Model' });
  await expect(choice.locator('option:checked')).toHaveText(`Automatic (${card.title})`);
  await expect(panel).toContainText(`by ${card.title} ${card.version}`);
  await expect(panel).toContainText(card.purpose);
  await panel.getByText('Licence, quality and limits').click();
  await expect(panel).toContainText(card.licence);
  for (const limit of card.limits) await expect(panel).toContainText(limit);
  for (const { noise, value } of card.quality)
    await expect(
      panel
        .getByRole('row')
        .filter({ has: page.getByRole('rowheader', { name: noise, exact: true }) })
        .filter({ hasText: value.toFixed(2) })
        .first(),
    ).toBeVisible();

  await choice.selectOption({ label: card.title });
  await clean.cleaned();
  await page.getByRole('textbox', { name: 'Name' }).fill('{name}-{model}.{ext}');
  await expect(page.getByText('sample-denoise-photo-fast.jpg').first()).toBeVisible();
  await page.getByRole('textbox', { name: 'Name' }).fill('{name}-clean.{ext}');
});

test('a network of one’s own is tried, added, used and removed', async ({ page }) => {
  await clean.open(await noisyPhoto('a.png', { width: 320, height: 240 }));
  await clean.cleaned();
  const panel = page.getByRole('region', { name: 'Model' });
  const add = panel.getByRole('button', { name: 'Add a network…' });
  await chooseFiles(page, () => add.click(), await ownNetwork('colour.onnx'));
  await expect(panel).toContainText(/Added as “.+”/, { timeout: 30_000 });
  await panel.getByText('What was tried').click();
  await expect(panel.getByRole('listitem').first()).toBeVisible();
  await panel.getByRole('button', { name: 'Use it for this photo' }).click();
  await clean.cleaned();
  const choice = panel.getByRole('combobox', { name: 'Model' });
  await expect(choice.locator('option:checked')).toContainText('(added by you)');
  await panel.getByRole('button', { name: 'Dismiss' }).click();

  await panel.getByRole('button', { name: 'Remove…' }).click();
  await expect(panel.getByRole('button', { name: 'Keep' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(panel.getByRole('button', { name: 'Remove…' })).toBeFocused();
  await page.keyboard.press('Enter');
  await panel.getByRole('button', { name: 'Remove the network' }).click();
  await expect(choice.locator('option:checked')).toHaveText(/^Automatic/);
  await expect(choice.locator('option', { hasText: 'added by you' })).toHaveCount(0);
  await expect(choice).toBeFocused();
  await clean.cleaned();
});

test('a network that is no denoiser is refused with the reason, and the rest goes on', async ({
  page,
}) => {
  await clean.open(await noisyPhoto('a.png', { width: 320, height: 240 }));
  await clean.cleaned();
  const panel = page.getByRole('region', { name: 'Model' });
  const before = await panel.getByRole('option').count();
  await page.locator('[data-picker=network]').setInputFiles(await ownNetwork('two-inputs.onnx'));
  await expect(panel.getByRole('alert')).toContainText('two-inputs.onnx', {
    timeout: 30_000,
  });
  await expect(panel.getByRole('option')).toHaveCount(before);
  await expect(clean.state).toContainText('Final');
});

test('a file that is no network is refused in words, wherever it is dropped', async ({ page }) => {
  await page.evaluate(() => {
    const carried = new DataTransfer();
    carried.items.add(new File(['This is no network.'], 'letter.onnx'));
    document.body.dispatchEvent(
      new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true }),
    );
  });
  // Nothing is open, so there is no inspector: the settings show what became of it.
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await expect(settings.getByText('letter.onnx').first()).toBeVisible();
  await expect(settings.getByRole('alert')).toContainText('letter.onnx', { timeout: 20_000 });
  await expect(settings.getByText('Not added', { exact: true })).toBeVisible();
  await expect(settings.getByRole('button', { name: 'Try again' })).toBeVisible();
  await settings.getByRole('button', { name: 'Dismiss' }).click();
  await expect(settings.getByRole('alert')).toHaveCount(0);
  await expect(settings.getByRole('button', { name: 'Add a network…' })).toBeFocused();
  await closeDialog(page);
  await expect(clean.photos).toHaveCount(0);
});
