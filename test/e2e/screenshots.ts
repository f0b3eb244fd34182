/**
 * What the manual shows of the window (its stand-in, where there is no Electron), for `npm run screenshots`: the Batch table over a folder of
 * the data pack's free photographs, made noisy, and something that is no picture; and a network that learns from these photographs.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { openFolderWindow } from './folder-window.ts';
import { normal } from '../random.ts';

/** Noise of a high sensitivity on clean photographs, in two folders. */
async function makeFolder(folder: string, photos: readonly string[]): Promise<void> {
  mkdirSync(join(folder, 'second day'), { recursive: true });
  const next = normal(7);
  for (const [at, photo] of photos.entries()) {
    const { data, info } = await sharp(photo)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (let i = 0; i < data.length; i++)
      data[i] = Math.max(0, Math.min(255, data[i]! + 18 * next()));
    const { width, height, channels } = info;
    await sharp(data, { raw: { width, height, channels } })
      .jpeg({ quality: 95 })
      .toFile(join(folder, at < 6 ? `IMG_${at + 101}.jpg` : `second day/IMG_${at + 195}.jpg`));
  }
  writeFileSync(join(folder, 'second day', 'IMG_220.jpg'), 'This is not an image.');
}

/** Pieces of photographs, so that there are more than a dozen. @param places of a piece's top left corner, and its side, as shares of the photo */
async function cutInto(
  folder: string,
  photos: string,
  places: readonly (readonly [number, number])[],
  side: number,
): Promise<void> {
  mkdirSync(folder);
  for (const name of readdirSync(photos).sort()) {
    const { width, height } = await sharp(join(photos, name)).metadata();
    for (const [at, [x, y]] of places.entries())
      await sharp(join(photos, name))
        .extract({
          ...{ left: Math.floor(x * width), top: Math.floor(y * height) },
          ...{ width: Math.floor(side * width), height: Math.floor(side * height) },
        })
        .png()
        .toFile(join(folder, `${parse(name).name}-${at + 1}.png`));
  }
}

/** What is shown of a workspace over a folder. */
interface Shown {
  /** As a person sees it. */
  readonly folder: string;
  readonly make: (folder: string) => Promise<void>;
  readonly workspace: string;
  /** From the chosen folder to what is photographed. */
  readonly act: (page: Page) => Promise<void>;
}

async function shootWorkspace({ folder, make, workspace, act }: Shown, out: string): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'hourglass-screenshots-'));
  const place = join(home, folder);
  await make(place);
  const app = await openFolderWindow(place, { width: 1440, height: 900 });
  try {
    const { page } = app;
    await page.getByRole('button', { name: workspace, exact: true }).click();
    await page.getByRole('button', { name: 'Choose a folder…' }).click();
    await act(page);
    await page.screenshot({ path: out });
  } finally {
    await app.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** @param photos folder of clean photographs @param out where the PNG goes */
export const shootBatch = (photos: string, out: string): Promise<void> =>
  shootWorkspace(
    {
      folder: 'shoot',
      make: (folder) => {
        const names = readdirSync(photos).sort().slice(0, 10);
        return makeFolder(
          folder,
          names.map((name) => join(photos, name)),
        );
      },
      workspace: 'Batch',
      async act(page) {
        await page.getByRole('button', { name: /^Clean \d+ pictures$/ }).click();
        await page.getByText(/^Done: /).waitFor({ timeout: 300_000 });
        await page.getByRole('grid', { name: 'Pictures of the folder' }).focus();
        await page.keyboard.press('Home');
        await page.waitForTimeout(600);
      },
    },
    out,
  );

/** @param photos folder of clean photographs @param out where the PNG goes */
export const shootLearn = (photos: string, out: string): Promise<void> =>
  shootWorkspace(
    {
      folder: 'Coast',
      make: (folder) => {
        const corners = [0, 0.5].flatMap((y) => [0, 0.5].map((x) => [x, y] as const));
        return cutInto(folder, photos, corners, 0.5);
      },
      workspace: 'Learn',
      async act(page) {
        await page.getByRole('button', { name: 'Start training' }).click();
        await page.getByText(/^Step [1-9]\d\d/).waitFor({ timeout: 300_000 });
      },
    },
    out,
  );

/** A map of photos, one of its clusters selected. @param photos folder of photographs @param out where the PNG goes */
export const shootExplore = (photos: string, out: string): Promise<void> =>
  shootWorkspace(
    {
      folder: 'Holiday',
      make: (folder) => {
        const thirds = [0, 0.15, 0.3].flatMap((y) => [0, 0.15, 0.3].map((x) => [x, y] as const));
        return cutInto(folder, photos, thirds, 0.7);
      },
      workspace: 'Explore',
      async act(page) {
        await page.getByRole('button', { name: 'Make the map' }).click();
        await page.getByText(/^\d+ pictures in \d+ clusters/).waitFor({ timeout: 300_000 });
        await page.getByRole('button', { name: /^Select cluster 2/ }).click();
        await page.getByRole('application').focus();
        await page.keyboard.press('ArrowRight');
        // Its pictures come a few at a time.
        await page.waitForTimeout(5000);
      },
    },
    out,
  );
