/** The page in other languages: German on the main path, and a made one that goes from right to left and is 40 % longer. */
import { expect, test, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../data.ts';
import { expectNothingSerious } from './accessibility.ts';
import { brokenPhoto, closeDialog, noisyPhoto } from './clean-page.ts';
import { startWebHost } from './web-host.ts';

let home: string;
test.beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hourglass-language-'));
});
test.afterEach(() => rm(home, { recursive: true, force: true }));
test.describe.configure({ timeout: 180_000 });

const photo = () => noisyPhoto('kirche.png', { width: 240, height: 160 });
const state = (page: Page) => page.locator('[data-picture-state]');

/** Labels and buttons that are cut off, or stick out of what holds them; names of files may be shortened. */
const cutLabels = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const wrong: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const holder = node.parentElement!;
      if (!node.textContent?.trim() || !holder.checkVisibility({ visibilityProperty: true }))
        continue;
      if (
        !holder.closest(
          'button, label, legend, h1, h2, h3, [role=radio], [role=tab], [data-picture-state]',
        )
      )
        continue;
      if (holder.closest('option, .visually-hidden, .name, .viewer')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const text = range.getBoundingClientRect();
      if (text.width < 2) continue;
      for (let around: Element | null = holder; around; around = around.parentElement) {
        const { overflowX } = getComputedStyle(around);
        if (overflowX === 'visible' && around !== document.documentElement) continue;
        const box = around.getBoundingClientRect();
        if (box.width < 2) break;
        // What is scrolled out of sight in a line that scrolls is not cut.
        if (
          (overflowX === 'auto' || overflowX === 'scroll') &&
          around.scrollWidth > around.clientWidth + 1 &&
          around.matches('[role=listbox], ol, ul')
        )
          break;
        if (text.left < box.left - 1 || text.right > box.right + 1) {
          wrong.push(
            `${node.textContent.trim().slice(0, 60)} (${Math.round(text.left)}–${Math.round(text.right)} of ${Math.round(box.left)}–${Math.round(box.right)}, ${around.tagName}.${around.className})`,
          );
          break;
        }
      }
    }
    return wrong;
  });

test('the main path is German where the system is, until English is chosen', async ({ page }) => {
  const environment = {
    HOURGLASS_LANGUAGE: '',
    LC_ALL: '',
    LC_MESSAGES: '',
    LANGUAGE: '',
    LANG: 'de_DE.UTF-8',
  };
  let host = await startWebHost([], { home, env: environment });
  // Its dialog is the system's, which nobody can answer here.
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'showDirectoryPicker'));
  await page.goto(host.address);
  await expect(page.getByRole('button', { name: 'Fotos öffnen…' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de-DE');
  await expect(page.locator('html')).toHaveAttribute('dir', 'ltr');
  await page.screenshot({ path: test.info().outputPath('leer.png') });
  await page
    .locator('[data-picker=files]')
    .setInputFiles([await photo(), brokenPhoto('kaputt.jpg')]);
  await expect(state(page)).toContainText('Endgültig: Was Sie sehen, wird gespeichert.', {
    timeout: 60_000,
  });
  // Measured and said by the engine.
  await expect(page.getByText(/Rauschen von etwa \d+(,\d+)? Stufen/).first()).toBeVisible();
  await expect(page.getByRole('slider', { name: 'Stärke', exact: true })).toBeVisible();
  expect(await cutLabels(page)).toEqual([]);
  await expectNothingSerious(page);
  await page.screenshot({ path: test.info().outputPath('entrauscht.png') });
  await page.getByRole('option', { name: /kaputt\.jpg/ }).click();
  await expect(
    page.getByText('kaputt.jpg ist beschädigt oder abgeschnitten.').first(),
  ).toBeVisible();
  await page.getByRole('option', { name: /kirche\.png/ }).click();
  const download = page.waitForEvent('download');
  await page.keyboard.press('Control+e');
  expect((await download).suggestedFilename()).toBe('kirche-clean.png');
  await expect(page.getByText(/^Exportiert/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Komprimieren', exact: true }).first().click();
  await expect(state(page)).toContainText(
    /Endgültig bei Qualität \d+: Was Sie sehen, wird aus der Datei dekodiert\./,
    { timeout: 60_000 },
  );
  expect(await cutLabels(page)).toEqual([]);
  await page.screenshot({ path: test.info().outputPath('komprimiert.png') });

  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Einstellungen' });
  await dialog.getByRole('combobox', { name: 'Sprache' }).selectOption({ label: 'English' });
  await expect(dialog.getByText('English, ab dem nächsten Start von Hourglass.')).toBeVisible();
  await expectNothingSerious(page);
  await dialog.screenshot({ path: test.info().outputPath('einstellungen.png') });
  await expect(async () => {
    const kept = JSON.parse(
      await readFile(join(home, 'config/hourglass/preferences.json'), 'utf8'),
    ) as { language?: string };
    expect(kept.language).toBe('en');
  }).toPass();
  await host.stop();
  host = await startWebHost([], { home, env: environment });
  await page.goto(host.address);
  await expect(page.getByRole('button', { name: 'Open photos…' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await host.stop();
});

/** As a language that goes from right to left and takes more room: each sentence with letters of one behind it. */
function longer(text: string): string {
  const plain = text.replaceAll(/\{[^{}]*\}|[{}]/g, '').length;
  const letters = 'אבגד הוזחט יכלמ '.repeat(40);
  return `\u200f${text} ${letters.slice(0, Math.max(2, Math.ceil(plain * 0.4))).trim()}`;
}

test('a language from right to left, 40 % longer, overlaps and cuts nothing', async ({ page }) => {
  const file = join(home, 'en.json');
  execFileSync(process.execPath, ['build/sentences.mjs', '--export', file], {
    cwd: repositoryRoot,
  });
  const english = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
  const made = Object.entries(english).map(([key, text]) => [key, longer(text)]);
  await writeFile(join(home, 'ar-XB.json'), JSON.stringify(Object.fromEntries(made)));
  const host = await startWebHost([], {
    home,
    env: { HOURGLASS_LANGUAGE: 'ar-XB', HOURGLASS_TRANSLATIONS: home },
  });
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.goto(host.address);
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page.getByRole('button', { name: /Open photos…/ })).toBeVisible();
  const shoot = async (name: string) => {
    await page.screenshot({ path: test.info().outputPath(`${name}.png`) });
    expect(await cutLabels(page), name).toEqual([]);
  };
  await shoot('empty');
  await page.locator('[data-picker=files]').setInputFiles(await photo());
  await expect(state(page)).toContainText('Final: what you see is what is saved.', {
    timeout: 60_000,
  });

  const panels = async () => {
    const parts = { top: 'header', picture: 'main', inspector: 'aside', status: 'footer' };
    const boxes = await Promise.all(
      Object.entries(parts).map(async ([name, part]) => ({
        name,
        ...(await page.locator(part).first().boundingBox())!,
      })),
    );
    const { width, height } = page.viewportSize()!;
    for (const box of boxes) {
      expect(box.x, box.name).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, box.name).toBeLessThanOrEqual(width);
      expect(box.y + box.height, box.name).toBeLessThanOrEqual(height);
    }
    for (const [index, one] of boxes.entries())
      for (const other of boxes.slice(index + 1)) {
        const across =
          Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
        const down =
          Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
        expect(across > 1 && down > 1, `${one.name} and ${other.name}`).toBe(false);
      }
    return Object.fromEntries(boxes.map((box) => [box.name, box]));
  };
  for (const size of [
    { width: 1366, height: 768 },
    { width: 1024, height: 640 },
  ]) {
    await page.setViewportSize(size);
    const { inspector, picture } = await panels();
    expect(inspector!.x).toBeLessThan(picture!.x);
    await shoot(`clean-${size.width}`);
  }
  await page.setViewportSize({ width: 1366, height: 768 });

  // Its edge follows the pointer and the arrows, to the side where the panel is.
  const edge = page.getByRole('separator', { name: /Width of the inspector/ });
  const widthOf = async () => Number(await edge.getAttribute('aria-valuenow'));
  const before = await widthOf();
  await edge.press('ArrowRight');
  expect(await widthOf()).toBe(before + 16);
  const box = (await edge.boundingBox())!;
  await page.mouse.move(box.x + 2, 300);
  await page.mouse.down();
  await page.mouse.move(box.x + 2 - 16, 300);
  await page.mouse.up();
  expect(await widthOf()).toBe(before);

  await page.keyboard.press('Control+,');
  await expect(page.getByRole('dialog')).toBeVisible();
  await shoot('settings');
  await closeDialog(page);
  await page
    .getByRole('button', { name: /Compress/ })
    .first()
    .click();
  await expect(state(page)).toContainText(/Final at quality/, { timeout: 60_000 });
  await shoot('compress');
  await host.stop();
});
