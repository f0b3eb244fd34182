/** The window of tests that work on a folder: the dialog is answered for the person, nothing on the page moves by itself, and it can be photographed. */
import type { Page } from '@playwright/test';
import { join } from 'node:path';
import { launchWindow, type WindowUnderTest } from '../electron-standin/launch.ts';

/** From now on whoever asks for a folder is given this one. */
export const choose = (app: WindowUnderTest, folder: string): Promise<void> =>
  app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, folder);

/**
 * A window in which the folder is chosen.
 * @param home stays when the window is closed; default: a new folder, which goes
 */
export async function openFolderWindow(
  folder: string,
  {
    width,
    height,
    home,
  }: { readonly width: number; readonly height: number; readonly home?: string },
): Promise<WindowUnderTest> {
  const app = await launchWindow([], home === undefined ? {} : { home });
  await app.page.setViewportSize({ width, height });
  // A colour on its way to another one is no contrast to judge.
  await app.page.emulateMedia({ reducedMotion: 'reduce' });
  await choose(app, folder);
  // Keys that are pressed before the page is there are nobody's.
  await app.page.getByRole('button', { name: 'Open photos…' }).waitFor();
  return app;
}

/**
 * A picture of the page, only where somebody asks to see it: SHOTS names the folder.
 * @param themes one after another, each in the name of its file; default: as it is
 */
export async function shoot(
  page: Page,
  name: string,
  themes: readonly ('dark' | 'light')[] = [],
): Promise<void> {
  const { SHOTS } = process.env;
  if (!SHOTS) return;
  if (themes.length === 0) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
  for (const theme of themes) {
    await page.evaluate((one) => (document.documentElement.dataset.theme = one), theme);
    await page.screenshot({ path: join(SHOTS, `${name}-${theme}.png`) });
  }
  if (themes.length > 0)
    await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'));
}
