/** Windows of values, directions in the body: what scan viewers agree on. */
import { describe, expect, it } from 'vitest';
import type { DocumentInfo } from '../../app/contract/index.ts';
import { asSeen, edgeLetters, lettersOf, positionOf } from './directions.ts';
import { draggedWindow, shownWindow, windowsOf } from './windows.ts';

const scale = { black: -1024, white: 3071, slope: 1, intercept: 0, unit: 'HU', window: null };
const ct = { modality: 'CT', scale } as unknown as DocumentInfo;
const mr = {
  modality: 'MR',
  scale: { ...scale, black: 0, slope: 2, unit: null, window: { center: 300, width: 600 } },
} as unknown as DocumentInfo;

describe('windows', () => {
  it('of CT are those of radiology, of others that of the file and all values', () => {
    expect(windowsOf(ct).map(({ id }) => id)).toEqual([
      ...['file', 'soft-tissue', 'lung', 'bone', 'brain', 'liver', 'mediastinum', 'whole'],
    ]);
    expect(windowsOf(ct).find(({ id }) => id === 'lung')!.window).toEqual({
      ...{ center: -600, width: 1500 },
    });
    expect(windowsOf(mr).map(({ id, window }) => [id, window])).toEqual([
      ['file', null],
      ['whole', { center: 3071, width: 6142 }],
    ]);
  });

  it('the first one is called that of the file only where the file asks for one', () => {
    const none = {
      ...ct,
      scale: { ...ct.scale, window: { center: 40, width: 400 }, assumed: true },
    };
    expect(windowsOf(none as DocumentInfo)[0]!.label).toBe('As seen first');
    expect(windowsOf(mr)[0]!.label).toBe('As the file says');
  });

  it('the one that is seen is that of the person, of the file, or all of its values', () => {
    expect(shownWindow(mr, { center: 1, width: 2 })).toEqual({ center: 1, width: 2 });
    expect(shownWindow(mr, null)).toEqual({ center: 300, width: 600 });
    expect(shownWindow(ct, null)).toEqual({ center: 1023.5, width: 4095 });
  });

  it('a drag widens to the right, raises the level downwards, and comes back', () => {
    const start = { center: 40, width: 400 };
    const there = draggedWindow(start, { right: 100, down: 0 });
    expect(there.width).toBeGreaterThan(400);
    expect(there.center).toBe(40);
    const back = draggedWindow(there, { right: -100, down: 0 });
    expect(back.width).toBeCloseTo(400, 9);
    expect(draggedWindow(start, { right: 0, down: 10 }).center).toBe(56);
    expect(draggedWindow(start, { right: -1e6, down: 0 }).width).toBeGreaterThan(0);
  });
});

describe('directions', () => {
  it('have the letters of DICOM: x to the left, y to the back, z to the head', () => {
    expect(lettersOf([1, 0, 0])).toBe('L');
    expect(lettersOf([0, -1, 0])).toBe('A');
    expect(lettersOf([0, 0, -1])).toBe('F');
    expect(lettersOf([0.5, 0.8, 0.1])).toBe('PL');
  });

  it('of an axial and a sagittal slice', () => {
    const origin: [number, number, number] = [-100, -50, 7];
    const axial = edgeLetters({ origin, right: [1, 0, 0], down: [0, 1, 0] });
    expect(axial).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
    const sagittal = edgeLetters({ origin, right: [0, 1, 0], down: [0, 0, -1] });
    expect(sagittal).toEqual({ left: 'A', right: 'P', top: 'H', bottom: 'F' });
  });

  it('follow what is turned and flipped on the screen', () => {
    const axial = { origin: [0, 0, 0], right: [1, 0, 0], down: [0, 1, 0] } as const;
    const letters = (turns: 0 | 1 | 2 | 3, mirrored: boolean) =>
      edgeLetters(asSeen(axial as never, { turns, mirrored }));
    expect(letters(1, false)).toEqual({ left: 'P', right: 'A', top: 'R', bottom: 'L' });
    expect(letters(0, true)).toEqual({ left: 'L', right: 'R', top: 'A', bottom: 'P' });
    expect(letters(1, true)).toEqual({ left: 'P', right: 'A', top: 'L', bottom: 'R' });
  });

  it('a pixel lies where the first one does, and its steps from there', () => {
    const place = { origin: [-100, -50, 7], right: [1, 0, 0], down: [0, 0, -1] } as const;
    expect(positionOf(place as never, { x: 0.5, y: 2 }, { x: 10, y: 3 })).toEqual([-95, -50, 1]);
  });
});
