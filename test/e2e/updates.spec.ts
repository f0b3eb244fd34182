/** A newer version, in the window of the installed program: who is asked, when, and what is there after the program has ended. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { MenuItem, MessageBoxOptions } from 'electron';
import { launchWindow, realElectron, type WindowUnderTest } from '../electron-standin/launch.ts';
import { UpdatesFeed } from '../updates-feed.ts';
import { startWebHost } from './web-host.ts';

test.skip(realElectron() !== null, 'only the stand-in can be an AppImage here');

/** What the person presses when the system asks, one after the other; what they were asked is kept. */
const answerWith = (app: WindowUnderTest, ...presses: number[]): Promise<void> =>
  app.evaluate(({ dialog }, list) => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    dialog.showMessageBox = (async (_window: unknown, how: MessageBoxOptions) => {
      seen.push([how.message, how.detail, ...(how.buttons ?? [])].join(' | '));
      return { response: list.shift() ?? 0, checkboxChecked: false };
    }) as unknown as typeof dialog.showMessageBox;
  }, presses);
const seen = (app: WindowUnderTest): Promise<string[]> =>
  app.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
const chooseInMenu = (app: WindowUnderTest): Promise<void> =>
  app.evaluate(({ Menu }) => {
    const item = Menu.getApplicationMenu()!.getMenuItemById('look-for-update') as MenuItem;
    (item.click as unknown as () => void)();
  });

test('nobody is asked before the first yes, nothing is fetched before the second, and it is installed at the end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-installed-'));
  const installed = join(folder, 'Hourglass.AppImage');
  await writeFile(installed, '#!/bin/sh\n# the old one\n');
  await chmod(installed, 0o755);
  const resources = join(folder, 'resources');
  await mkdir(resources);
  const feed = new UpdatesFeed();
  await feed.start();
  feed.announce('99.0.0', Buffer.from('#!/bin/sh\n# the new one\n'));
  const address = `http://${feed.host}/`;
  await writeFile(join(resources, 'updates.json'), JSON.stringify({ address, key: feed.key }));
  await writeFile(join(resources, 'app-update.yml'), 'updaterCacheDirName: updates\n');
  const app = await launchWindow([], {
    env: { APPIMAGE: installed, HOURGLASS_STANDIN_RESOURCES: resources },
  });
  try {
    await expect(app.page.getByRole('button', { name: 'Open photos…' })).toBeVisible();
    // Off where nobody has set it: no question, no request.
    expect(feed.paths).toEqual([]);
    await answerWith(app, 0);
    await chooseInMenu(app);
    await expect.poll(() => seen(app)).toHaveLength(1);
    expect((await seen(app))[0]).toMatch(`Ask ${feed.host} for a newer version of Hourglass?`);
    expect(feed.paths).toEqual([]);

    // From the settings, with both questions answered.
    await answerWith(app, 1, 1);
    await app.page.getByRole('button', { name: /^Settings/ }).click();
    const settings = app.page.getByRole('dialog', { name: 'Settings' });
    await expect(
      settings.getByRole('checkbox', { name: /Ask me once in a month/ }),
    ).not.toBeChecked();
    await settings.getByRole('button', { name: 'Look for a newer version…' }).click();
    await expect.poll(() => seen(app), { timeout: 30_000 }).toHaveLength(3);
    expect((await seen(app))[1]).toContain('Download Hourglass 99.0.0?');
    expect((await seen(app))[2]).toContain('Hourglass 99.0.0 is ready.');
    expect(await readFile(installed, 'utf8')).toContain('the old one');
    await app.evaluate(({ app: program }) => program.quit());
    expect(await app.ended).toBe(0);
    expect(await readFile(installed, 'utf8')).toContain('the new one');
  } finally {
    await app.close();
    feed.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test('a copy that can not replace itself says so, and a page of the browser host never looks', async ({
  page,
}) => {
  const app = await launchWindow();
  try {
    await expect(app.page.getByRole('button', { name: 'Open photos…' })).toBeVisible();
    await answerWith(app);
    await chooseInMenu(app);
    await expect.poll(() => seen(app)).toHaveLength(1);
    expect((await seen(app))[0]).toContain('It runs from its sources. Nothing was asked for.');
  } finally {
    await app.close();
  }
  const host = await startWebHost();
  try {
    await page.goto(host.address);
    await page.getByRole('button', { name: /^Settings/ }).click();
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await expect(
      settings.getByText('Hourglass on a page looks for no newer versions'),
    ).toBeVisible();
    await expect(settings.getByRole('button', { name: 'Look for a newer version…' })).toHaveCount(
      0,
    );
  } finally {
    await host.stop();
  }
});
