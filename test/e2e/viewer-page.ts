/** How the viewer's tests look at the page: real pixels of screenshots, and the harness's own state. */
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import type { HarnessState } from '../../renderer/viewer/harness/state.svelte.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

export interface Picture {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): Rgb;
  /** Pixels from this row down whose every channel is below the limit. */
  darkerThan(limit: number, fromRow: number): number;
}

/** What is on the screen, device pixels. */
export async function look(page: Page): Promise<Picture> {
  const png = await page.screenshot({ scale: 'device' });
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    at: (x, y) => {
      const offset = (y * info.width + x) * 3;
      return [data[offset]!, data[offset + 1]!, data[offset + 2]!];
    },
    darkerThan: (limit, fromRow) => {
      let count = 0;
      for (let offset = fromRow * info.width * 3; offset < data.length; offset += 3)
        if (data[offset]! < limit && data[offset + 1]! < limit && data[offset + 2]! < limit)
          count += 1;
      return count;
    },
  };
}

/** Runs a function of the harness's state on the page; it sees nothing but its two arguments. */
export const drive = <T, A = undefined>(
  page: Page,
  what: (harness: HarnessState, argument: A) => T,
  argument?: A,
): Promise<T> =>
  page.evaluate<T>(`(${what.toString()})(window.harness, ${JSON.stringify(argument)})`);

/** Two animation frames later, so that what was asked for has been drawn. */
export const nextFrames = (page: Page): Promise<void> =>
  page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))',
  );

/** Waits until everything that is seen has its own pixels, and a frame has shown it. */
export async function settled(page: Page): Promise<void> {
  await nextFrames(page);
  await page.waitForFunction(`(() => {
    const found = window.harness?.viewer?.statistics();
    return found && found.tiles > 0 && found.missing === 0 && found.loading === 0;
  })()`);
  await nextFrames(page);
}

export async function openViewer(page: Page, url: string, query = ''): Promise<void> {
  await page.goto(`${url}${query}`);
  await page.waitForFunction('window.harness?.viewer');
}
