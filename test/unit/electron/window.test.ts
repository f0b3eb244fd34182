/** The window's promises that nobody waits for: a page that can not be loaded, a question that can not be asked. */
import { EventEmitter } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

class FakeWindow extends EventEmitter {
  readonly webContents = new EventEmitter();
  loads = 0;
  loadURL(): Promise<void> {
    this.loads += 1;
    return this.loads === 1 ? Promise.resolve() : Promise.reject(new Error('ERR_FAILED'));
  }
  getNormalBounds = () => ({ x: 0, y: 0, width: 800, height: 600 });
  isMaximized = () => false;
  isDestroyed = () => false;
  close = () => undefined;
}
vi.mock('electron', () => ({
  BrowserWindow: FakeWindow,
  screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
}));
const { openWindow } = await import('../../../app/hosts/electron/window.ts');

const unhandled: unknown[] = [];
const catchAll = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on('unhandledRejection', catchAll));
afterAll(() => void process.off('unhandledRejection', catchAll));

it('says what failed after the window was there, and goes on', async () => {
  const lines: string[] = [];
  const made: FakeWindow[] = [];
  await openWindow({
    preload: '/preload.cjs',
    developerTools: false,
    rememberIn: join(mkdtempSync(join(tmpdir(), 'window-')), 'window.json'),
    log: (line) => lines.push(line),
    busy: () => true,
    confirmClose: () => Promise.reject(new Error('The window is gone.')),
    made: (window) => made.push(window as unknown as FakeWindow),
  });
  const [window] = made as [FakeWindow];
  let prevented = false;
  window.emit('close', { preventDefault: () => (prevented = true) });
  window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  await vi.waitFor(() => {
    expect(lines).toContain('The window is gone.');
    expect(lines).toContain('ERR_FAILED');
  });
  expect(prevented).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(unhandled).toEqual([]);
});
