/** The doors through which the walk goes: the browser host, and the window (its stand-in where there is no Electron). */
import { chromium, type Browser, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromiumArguments, findChromium } from '../../build/chromium.mjs';
import { repositoryRoot } from '../data.ts';
import { engineOf } from '../e2e/clean-page.ts';
import { startWebHost } from '../e2e/web-host.ts';
import { launchWindow } from '../electron-standin/launch.ts';
import type { Observation } from './judge.ts';
import type { WalkFile } from './pictures.ts';
import { hashOf } from './shown.ts';

export type DoorKind = 'browser' | 'window';

export interface Door {
  readonly kind: DoorKind;
  readonly page: Page;
  /** True when a file that is opened again is the one on the disk, not a copy that was sent. */
  readonly opensInPlace: boolean;
  open(file: WalkFile): Promise<void>;
  /** Null where it can not be told, or none runs. */
  engine(): number | null;
  close(): Promise<void>;
}

/** Wide enough for the inspector, small enough that pictures of half a megapixel are seen at half size. */
const viewport = { width: 840, height: 580 };

export async function openDoor(
  kind: DoorKind,
  files: readonly WalkFile[],
  options: { readonly home: string; readonly env: NodeJS.ProcessEnv },
): Promise<Door> {
  const paths = files.map(({ path }) => path);
  return kind === 'browser' ? openBrowser(paths, options) : openWindow(paths, options);
}

type Options = Parameters<typeof openDoor>[2];

async function probe(): Promise<string> {
  const text = await readFile(join(repositoryRoot, 'test/walk/probe.js'), 'utf8');
  return `${text}\ninstallProbe(${hashOf.toString()});`;
}

async function openBrowser(paths: readonly string[], options: Options): Promise<Door> {
  const host = await startWebHost(paths, options);
  const browser: Browser = await chromium.launch({
    executablePath: findChromium() ?? undefined,
    args: chromiumArguments,
  });
  const page = await browser.newPage({ viewport });
  await page.addInitScript(await probe());
  await page.goto(host.address);
  return {
    kind: 'browser',
    page,
    opensInPlace: false,
    open: ({ path }) => page.locator('[data-picker=files]').setInputFiles(path),
    engine: () => engineOf(host.pid),
    async close() {
      await browser.close();
      await host.stop();
    },
  };
}

async function openWindow(paths: readonly string[], options: Options): Promise<Door> {
  const window = await launchWindow([], options);
  const { page } = window;
  await page.setViewportSize(viewport);
  // The page stands already, but there is no picture yet.
  await page.evaluate(await probe());
  const pid = await window.evaluate(() => process.pid);
  const choose = async (chosen: readonly string[]): Promise<void> => {
    await window.evaluate(({ dialog }, filePaths) => {
      dialog.showOpenDialog = (async () => ({ canceled: false, filePaths })) as never;
    }, chosen);
    // Of the bar, or of the window that holds nothing yet.
    const bar = page.locator('button[title^="Open…"]');
    await bar
      .or(page.getByRole('button', { name: 'Open photos…' }))
      .first()
      .click();
  };
  await choose(paths);
  return {
    kind: 'window',
    page,
    opensInPlace: true,
    open: ({ path }) => choose([path]),
    engine: () => engineOf(pid),
    close: () => window.close(),
  };
}

export const observe = (page: Page): Promise<Observation> =>
  page.evaluate<Observation>('window.walkProbe.observe()');

export async function canvasPixels(page: Page, frame: number): Promise<Uint8Array | null> {
  const base64 = await page.evaluate<string | null>(`window.walkProbe.pixels(${frame})`);
  return base64 === null ? null : Buffer.from(base64, 'base64');
}
