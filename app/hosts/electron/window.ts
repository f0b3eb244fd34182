/**
 * The one window: made with the safe preferences, remembered in place and size, brought back when its
 * page crashes. What the page may do is `security.ts`; what it may ask, `page-requests.ts`.
 */
import { BrowserWindow, screen } from 'electron';
import { pageAddress } from './address.ts';
import { safeWebPreferences } from './security.ts';
import { readBounds, smallest, usableBounds, writeBounds } from './window-bounds.ts';

export interface WindowOptions {
  readonly preload: string;
  readonly developerTools: boolean;
  readonly rememberIn: string;
  readonly log: (line: string) => void;
  /** True: closing would end work that a person waits for, so it is asked first. */
  readonly busy: () => boolean;
  /** Asks. True: close all the same. */
  readonly confirmClose: (window: BrowserWindow) => Promise<boolean>;
  /** Called before the page is loaded, which already asks its host. */
  readonly made: (window: BrowserWindow) => void;
}

/** A page that crashes again and again is not loaded for ever. */
const mostReloads = 3;

/** Opens the window and loads its page. */
export async function openWindow(options: WindowOptions): Promise<void> {
  const remembered = await readBounds(options.rememberIn);
  const workAreas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow({
    ...usableBounds(remembered, workAreas),
    minWidth: smallest.width,
    minHeight: smallest.height,
    title: 'Hourglass',
    // The stage's grey, so that nothing flashes before the page is there.
    backgroundColor: '#121212',
    show: false,
    webPreferences: safeWebPreferences(options.preload, options.developerTools),
  });
  if (remembered?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());

  const told = (error: Error): void => options.log(error.message);
  let confirmed = false;
  window.on('close', (event) => {
    const bounds = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    writeBounds(options.rememberIn, bounds).catch(told);
    if (confirmed || !options.busy()) return;
    event.preventDefault();
    options.confirmClose(window).then((may) => {
      confirmed = may;
      if (may && !window.isDestroyed()) window.close();
    }, told);
  });

  let reloads = 0;
  window.webContents.on('render-process-gone', (_event, details) => {
    options.log(`The page's process ended: ${details.reason}.`);
    if (details.reason === 'clean-exit' || reloads >= mostReloads) return;
    reloads += 1;
    window.loadURL(pageAddress).catch(told);
  });
  options.made(window);
  await window.loadURL(pageAddress);
}
