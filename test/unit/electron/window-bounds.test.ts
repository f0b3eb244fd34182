/** A remembered window is only put where it can be seen. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  readBounds,
  smallest,
  usableBounds,
  usual,
  writeBounds,
} from '../../../app/hosts/electron/window-bounds.ts';

const display = { x: 0, y: 0, width: 1920, height: 1040 };
const right = { x: 1920, y: 0, width: 2560, height: 1400 };
const at = (x: number, y: number, width = 1200, height = 800) => ({
  ...{ x, y, width, height },
  maximized: false,
});

describe('usableBounds', () => {
  it('starts with the usual size, cut to a small display', () => {
    expect(usableBounds(null, [display])).toEqual(usual);
    const small = { x: 0, y: 0, width: 1280, height: 720 };
    expect(usableBounds(null, [small])).toEqual({ width: 1280, height: 720 });
  });

  it('keeps a place that is visible, on any display', () => {
    expect(usableBounds(at(100, 50), [display])).toEqual({
      x: 100,
      y: 50,
      width: 1200,
      height: 800,
    });
    expect(usableBounds(at(2500, 50), [display, right])).toMatchObject({ x: 2500 });
    expect(usableBounds(at(-1000, 0), [display])).toMatchObject({ x: -1000 });
  });

  it('forgets the place when its display is gone or the title bar is out of reach', () => {
    for (const bounds of [at(2500, 50), at(100, 1030), at(100, -10), at(-1150, 0), at(1900, 0)])
      expect(usableBounds(bounds, [display])).toEqual({ width: 1200, height: 800 });
  });

  it('is never smaller than usable nor larger than the displays', () => {
    expect(usableBounds(at(0, 0, 10, 10), [display])).toMatchObject(smallest);
    expect(usableBounds(at(0, 0, 9000, 9000), [display])).toMatchObject({
      width: 1920,
      height: 1040,
    });
    expect(usableBounds(null, [])).toEqual(smallest);
  });
});

describe('the file of bounds', () => {
  it('is read as written, and a damaged one is as none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hourglass-bounds-'));
    const path = join(folder, 'config', 'window.json');
    expect(await readBounds(path)).toBeNull();
    await writeBounds(path, { ...at(1, 2), maximized: true });
    expect(await readBounds(path)).toEqual({ ...at(1, 2), maximized: true });
    for (const text of [
      '',
      '{',
      '{"x":"1"}',
      '{"x":0,"y":0,"width":-5,"height":1,"maximized":false}',
    ]) {
      await writeFile(path, text);
      expect(await readBounds(path)).toBeNull();
    }
    await rm(folder, { recursive: true });
  });
});
