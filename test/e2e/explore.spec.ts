/** Exploring in the window: a map, similar and unusual pictures of a folder, and into the strip with them. And in a browser, with its photos. */
import { expect, test, type Page } from '@playwright/test';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { Draws } from '../../app/runtime/draws.ts';
import { launchWindow, type WindowUnderTest } from '../electron-standin/launch.ts';
import { plane, scene } from '../unit/explore/pictures.ts';
import { expectNothingSerious } from './accessibility.ts';
import { startWebHost } from './web-host.ts';

test.use({ actionTimeout: 20_000 });
let app: WindowUnderTest;
let home: string;
let folder: string;

/** Three scenes, each from nine places that are near, in a folder of their own. */
const kinds = ['harbour', 'meadow', 'tower'] as const;

async function save(path: string, { width, height, data }: ReturnType<typeof plane>) {
  const levels = Buffer.from(data.map((value) => Math.round(255 * value)));
  await sharp(levels, { raw: { width, height, channels: 1 } })
    .png()
    .toFile(path);
}

async function savePanel(name: string, seed: number, isScratched = false): Promise<void> {
  const draws = new Draws(seed, 5);
  const data = Float32Array.from({ length: 64 * 64 }, () => 0.4 + 0.16 * draws.next());
  if (isScratched)
    for (let y = 20; y < 44; y++)
      for (let x = 20; x < 44; x++) data[y * 64 + x] = x % 4 < 2 ? 0.98 : 0.02;
  await save(join(home, 'panels', name), { width: 64, height: 64, data });
}

test.beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hourglass-explore-'));
  folder = join(home, 'holiday');
  for (const [of, kind] of kinds.entries()) {
    await mkdir(join(folder, kind), { recursive: true });
    for (let at = 0; at < 9; at++)
      await save(
        join(folder, kind, `${kind}-${at}.png`),
        plane(scene(100 * of + 1), {}, (x, y) => [
          0.02 * (at % 3) + 0.96 * x,
          0.02 * Math.floor(at / 3) + 0.96 * y,
        ]),
      );
  }
  await save(
    join(folder, 'tower', 'tower-mirrored.png'),
    plane(scene(201), {}, (x, y) => [1 - x, y]),
  );
  await writeFile(join(folder, 'broken.png'), 'no picture at all');
  // Small surfaces, one of them scratched.
  await mkdir(join(home, 'panels'));
  for (let at = 0; at < 10; at++) await savePanel(`panel-${at}.png`, at);
  await savePanel('scratched.png', 10, true);
  await cp(join(home, 'panels'), join(home, 'good'), {
    recursive: true,
    filter: (path) => !path.endsWith('scratched.png'),
  });
  app = await launchWindow();
  await app.page.setViewportSize({ width: 1280, height: 800 });
  // A colour on its way to another one is no contrast to judge.
  await app.page.emulateMedia({ reducedMotion: 'reduce' });
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, folder);
});
test.afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

/** Only where somebody asks to see it. */
const shoot = async (name: string): Promise<void> => {
  const { SHOTS } = process.env;
  if (!SHOTS) return;
  for (const [theme, width, height] of [
    ['dark', 1280, 800],
    ['light', 1280, 800],
    ['dark', 1024, 640],
  ] as const) {
    await app.page.setViewportSize({ width, height });
    await app.page.evaluate((one) => (document.documentElement.dataset.theme = one), theme);
    await app.page.waitForTimeout(300);
    await app.page.screenshot({ path: join(SHOTS, `explore-${name}-${theme}-${width}.png`) });
  }
  await app.page.setViewportSize({ width: 1280, height: 800 });
};

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
const question = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });
const tiles = (page: Page) => page.getByRole('listbox', { name: 'Pictures that were found' });

test('a folder on a map: its clusters, by mouse and by keyboard, and into the strip', async () => {
  test.setTimeout(180_000);
  const { page } = app;
  // Keys are heard from when the workspaces are there.
  await expect(button(page, 'Explore')).toBeVisible();
  await page.keyboard.press('e');
  await expect(page.getByRole('heading', { name: 'See what is in a folder' })).toBeVisible();
  await expectNothingSerious(page, true);
  await shoot('empty');
  await button(page, 'Choose a folder…').click();
  await expect(page.getByText(`29 pictures: ${folder}`)).toBeVisible();
  await expect(question(page, 'Map')).toBeChecked();
  await shoot('asked');
  await button(page, 'Make the map').click();
  await expect(page.getByText('28 pictures in 4 clusters.')).toBeVisible({ timeout: 60_000 });
  await page.getByText('1 picture is left out').click();
  await expect(page.getByText(/broken\.png: /)).toBeVisible();
  await page.getByText('1 picture is left out').click();

  // A cluster is selected by its picture, and holds those of one kind.
  const cluster = button(page, /^Select cluster \d, 9 pictures like meadow/);
  await cluster.click();
  await expect(page.getByText('9 pictures', { exact: true }).last()).toBeVisible();
  await expectNothingSerious(page, true);
  await shoot('map');

  // By keyboard: to a picture, to another, one more is selected, all seen again.
  const map = page.getByRole('application', { name: 'Map of 28 pictures' });
  await map.focus();
  await page.keyboard.press('ArrowRight');
  const told = page.locator('[aria-live=polite]', { hasText: /\.png, cluster \d/ });
  const first = await told.textContent();
  for (const key of ['ArrowLeft', 'ArrowUp', 'ArrowDown', 'ArrowRight']) {
    await page.keyboard.press(key);
    if ((await told.textContent()) !== first) break;
  }
  expect(await told.textContent()).not.toBe(first);
  await page.keyboard.press('Escape');
  await expect(button(page, 'Open in the film strip')).toHaveCount(0);
  await page.keyboard.press('Space');
  await expect(page.getByText('1 picture', { exact: true }).last()).toBeVisible();
  await page.keyboard.press('+');
  await page.keyboard.press('0');

  // Around all of them, with a line.
  await question(page, 'Select').click();
  const box = (await map.boundingBox())!;
  const corners = [
    [4, 4],
    [box.width - 4, 4],
    [box.width - 4, box.height - 4],
    [4, box.height - 4],
  ] as const;
  await page.mouse.move(box.x + 4, box.y + 4);
  await page.mouse.down();
  for (const [x, y] of corners) await page.mouse.move(box.x + x, box.y + y, { steps: 3 });
  await page.mouse.up();
  await expect(page.getByText('28 pictures', { exact: true })).toBeVisible();
  await shoot('selected');

  await cluster.click();
  await button(page, 'Open in the film strip').click();
  await expect(button(page, 'Export 9')).toBeVisible();
  await expect(page.getByRole('option', { name: /meadow-0\.png/ })).toBeVisible();
});

test('like the photo in front, and which pictures are one', async () => {
  test.setTimeout(120_000);
  const { page } = app;
  await button(page, 'Explore').click();
  await question(page, 'Similar').click();
  await expect(page.getByText(/^The photo in front: meadow-\d\.png/)).toBeVisible();
  await button(page, 'Find what looks like it').click();
  await expect(page.getByText(/^Like meadow-\d\.png: \d+ pictures/)).toBeVisible({
    timeout: 60_000,
  });
  const found = tiles(page).getByRole('option');
  await expect(found.first()).toHaveAccessibleName(/^meadow-\d\.png: /);
  await expectNothingSerious(page, true);
  await shoot('similar');

  // A part of it, marked by keyboard, and all of it again.
  await page.getByRole('application', { name: /^Part that is looked for/ }).press('ArrowRight');
  await expect(page.getByText(/^A part of 50 × 50 % of it/)).toBeVisible();
  await expectNothingSerious(page, true);
  await shoot('part');
  await button(page, 'Find what looks like the part').click();
  await expect(page.getByText(/Like a part of meadow-\d\.png|Nothing looks more like/)).toBeVisible(
    {
      timeout: 60_000,
    },
  );
  await button(page, 'Look for all of it').click();
  await expect(button(page, 'Find what looks like it')).toBeVisible();
  await button(page, 'Find what looks like it').click();
  await expect(page.getByText(/^Like meadow-\d\.png: \d+ pictures/)).toBeVisible({
    timeout: 60_000,
  });

  // By keyboard into the strip.
  await tiles(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await expect(found.first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('img', { name: /^meadow-\d\.png: / })).toBeVisible();
  await page.keyboard.press('e');

  await button(page, 'Find pictures that are one').click();
  await expect(page.getByText(/groups? of pictures that are one/)).toBeVisible({ timeout: 60_000 });
  await expect(
    tiles(page)
      .getByRole('option', { name: /: Group 1$/ })
      .first(),
  ).toBeVisible();
  await shoot('groups');
});

test('unusual ones, by the others and by pictures that were selected', async () => {
  test.setTimeout(300_000);
  const { page } = app;
  await app.evaluate(
    ({ dialog }, chosen) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
    },
    join(home, 'panels'),
  );
  await page.keyboard.press('e');
  await button(page, /folder…$/).click();
  await expect(page.getByText(/^11 pictures: /)).toBeVisible();
  await question(page, 'Unusual').click();
  await expect(page.getByText('Each picture is judged by the others.')).toBeVisible();
  await button(page, 'Find unusual ones').click();
  await expect(page.getByText(/^11 pictures judged by 11 good ones/)).toBeVisible({
    timeout: 120_000,
  });
  const list = tiles(page);
  await expect(list.getByRole('option').first()).toHaveAccessibleName(/^scratched\.png: /);
  await list.focus();
  await page.keyboard.press('Home');
  await expect(page.getByRole('heading', { name: 'Picture', exact: true })).toBeVisible();
  // Its heat map, in words and by key; the list has the keys of a listbox besides.
  const heat = page.getByRole('img', { name: /^Heat map: the highest is \d/ });
  await expect(heat).toBeVisible();
  await expect(page.getByText(/^The same scale in every picture\./)).toBeVisible();
  await expectNothingSerious(page, true);
  await shoot('unusual');
  await page.keyboard.press('g');
  await expect(heat).toHaveCount(0);
  await page.keyboard.press('g');
  await expect(heat).toBeVisible();

  // All but that one are the good ones.
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+End');
  await button(page, 'The 10 that are selected').click();
  await expect(page.getByText('Judged by 10 pictures: 10 of these pictures')).toBeVisible();
  await expect(list).toHaveCount(0);
  await button(page, 'Find unusual ones').click();
  await expect(page.getByText(/^11 pictures judged by 10 good ones/)).toBeVisible({
    timeout: 120_000,
  });
  await expect(list.getByRole('option').first()).toHaveAccessibleName(/^scratched\.png: /);
});

test('by a folder of good ones, and by one that is fine after all', async () => {
  test.setTimeout(300_000);
  const { page } = app;
  await app.evaluate(
    ({ dialog }, chosen) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
    },
    join(home, 'good'),
  );
  await button(page, 'Choose a folder of good ones…').click();
  await expect(page.getByText(/^Judged by 10 pictures: .*good$/)).toBeVisible();
  await button(page, 'Find unusual ones').click();
  await expect(page.getByText(/^11 pictures judged by 10 good ones/)).toBeVisible({
    timeout: 120_000,
  });
  await tiles(page).focus();
  await page.keyboard.press('Home');
  await page.getByRole('checkbox', { name: 'This is fine: learn from it' }).check();
  await expect(page.getByText(/^1 of the pictures is called fine/)).toBeVisible();
  await expectNothingSerious(page, true);
  await shoot('fine');
  await button(page, 'Find unusual ones').click();
  await expect(page.getByText(/^11 pictures judged by 11 good ones/)).toBeVisible({
    timeout: 120_000,
  });
  await page.getByRole('checkbox', { name: 'This is fine: learn from it' }).uncheck();
  await expect(page.getByText(/called fine/)).toHaveCount(0);
});

test('a browser has no folders, and explores the photos of the film strip', async ({ page }) => {
  test.setTimeout(120_000);
  const host = await startWebHost(
    kinds.flatMap((kind) => [0, 1, 2].map((at) => join(folder, kind, `${kind}-${at}.png`))),
  );
  try {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(host.address);
    await expect(page.getByRole('button', { name: 'Export all 9' })).toBeVisible();
    await button(page, 'Explore').click();
    await expect(button(page, 'Choose a folder…')).toHaveCount(0);
    await button(page, 'Use the 9 photos of the film strip').click();
    await button(page, 'Make the map').click();
    await expect(page.getByText('9 pictures in 3 clusters.')).toBeVisible({ timeout: 60_000 });
    await expect(button(page, /^Select cluster 1, 3 pictures like /)).toBeVisible();
    // They are what is explored already.
    await expect(button(page, '9 photos of the film strip')).toHaveCount(0);
    await expectNothingSerious(page);
    await question(page, 'Similar').click();
    await button(page, 'Find what looks like it').click();
    await expect(tiles(page).getByRole('option').first()).toHaveAccessibleName(/^harbour-/, {
      timeout: 60_000,
    });
  } finally {
    expect(await host.stop()).toBe(0);
  }
});
