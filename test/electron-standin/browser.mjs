// The Chromium behind the stand-in: one persistent context, opened to a debugger's port so that a test
// can drive the page from its own process.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumArguments, findChromium } from '../../build/chromium.mjs';

let opened = null;

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function open() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('The stand-in for Electron needs a Chromium.');
  const profile = mkdtempSync(join(tmpdir(), 'hourglass-standin-'));
  process.on('exit', () => rmSync(profile, { recursive: true, force: true, maxRetries: 3 }));
  const port = await freePort();
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: null,
    args: [
      `--remote-debugging-port=${port}`,
      '--window-size=1440,900',
      // Electron asks the window's own handler instead.
      '--disable-popup-blocking',
      ...chromiumArguments,
    ],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  return { context, port };
}

/** Starts Chromium at the first call. */
export const openBrowser = () => (opened ??= open());

export async function closeBrowser() {
  if (!opened) return;
  const { context } = await opened;
  await context.close();
}
