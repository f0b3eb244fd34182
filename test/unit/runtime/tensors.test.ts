import { describe, expect, it } from 'vitest';
import { allocateSamples, colourChannels, maxValue } from '../../../app/pixels/raster.ts';
import type { Raster, SampleType } from '../../../app/pixels/raster.ts';
import {
  foldIndex,
  mirrorIndex,
  readPlanar,
  writeInterleaved,
} from '../../../app/runtime/index.ts';
import { uniform } from '../../random.ts';

function raster(width: number, height: number, channels: 1 | 2 | 3 | 4, type: SampleType): Raster {
  const next = uniform(width * 31 + height);
  const data = allocateSamples(type, width * height * channels);
  for (let i = 0; i < data.length; i++)
    data[i] = type === 'float32' ? next() * 1.5 - 0.2 : Math.floor(next() * (maxValue(type) + 1));
  return { width, height, channels, hasAlpha: channels % 2 === 0, sampleType: type, data };
}

/** Walks step by step and turns round at the ends: slow, and obviously right. */
function bounce(index: number, size: number): number {
  let at = 0;
  let direction = 1;
  for (let steps = Math.abs(index); steps > 0 && size > 1; steps--) {
    if (at + direction < 0 || at + direction >= size) direction = -direction;
    at += direction;
  }
  return at;
}

describe('mirrorIndex', () => {
  it('equals walking to and fro, also far outside of small pictures', () => {
    for (const size of [1, 2, 3, 7, 100])
      for (let index = -350; index <= 350; index++)
        expect(mirrorIndex(index, size), `${index} in ${size}`).toBe(bounce(index, size));
  });
});

describe('foldIndex', () => {
  it('repeats the border, also far outside of small pictures', () => {
    const walk = (index: number, size: number): number => {
      let at = index;
      while (at < 0 || at >= size) at = at < 0 ? -1 - at : 2 * size - 1 - at;
      return at;
    };
    for (const size of [1, 2, 3, 7, 100])
      for (let index = -350; index <= 350; index++)
        expect(foldIndex(index, size), `${index} in ${size}`).toBe(walk(index, size));
  });
});

describe('readPlanar', () => {
  const windows = [
    { origin: { x: -48, y: -48 }, side: 128 },
    { origin: { x: 8, y: -16 }, side: 64 },
    { origin: { x: 0, y: 0 }, side: 8 },
  ];
  for (const type of ['uint8', 'uint16', 'float32'] as const)
    for (const channels of [1, 2, 3, 4] as const)
      it(`reads ${type} with ${channels} channels as a naive reader does`, () => {
        for (const [width, height] of [
          [1, 1],
          [7, 3],
          [50, 37],
        ] as const)
          for (const { origin, side } of windows) {
            const source = raster(width, height, channels, type);
            const target = new Float32Array(4 * side * side).fill(-9);
            readPlanar(source, origin, side, target, 3);
            const colours = colourChannels(source);
            for (let c = 0; c < 3; c++)
              for (let y = 0; y < side; y++)
                for (let x = 0; x < side; x++) {
                  const fromX = bounce(origin.x + x, width);
                  const fromY = bounce(origin.y + y, height);
                  const stored =
                    source.data[(fromY * width + fromX) * channels + (colours === 3 ? c : 0)]!;
                  const expected = stored / maxValue(type);
                  const got = target[(c * side + y) * side + x]!;
                  if (Math.abs(got - expected) > 1e-7 * Math.max(1, Math.abs(expected)))
                    expect.fail(`${c},${y},${x}: ${got}, expected ${expected}`);
                }
            expect(target.subarray(3 * side * side).every((value) => value === -9)).toBe(true);
          }
      });

  it('refuses to lose colour', () => {
    const source = raster(4, 4, 3, 'uint8');
    expect(() => readPlanar(source, { x: 0, y: 0 }, 8, new Float32Array(64), 1)).toThrow(
      'one plane',
    );
  });
});

describe('writeInterleaved', () => {
  for (const type of ['uint8', 'uint16', 'float32'] as const)
    for (const channels of [1, 2, 3, 4] as const)
      it(`brings ${type} with ${channels} channels back bit for bit and leaves alpha alone`, () => {
        const size = type === 'uint16' ? 300 : 40;
        const source = raster(size, size, channels, type);
        // Every 16-bit value at least once.
        if (type === 'uint16') for (let i = 0; i < 65536; i++) source.data[i] = i;
        const colours = colourChannels(source);
        const side = 304;
        const planar = new Float32Array(3 * side * side);
        readPlanar(source, { x: -2, y: -3 }, side, planar, 3);
        const target = allocateSamples(type, source.data.length).fill(77);
        writeInterleaved(
          planar,
          3,
          {
            side,
            fromX: 2,
            fromY: 3,
            width: size,
            height: size,
            targetWidth: size,
            channels,
            colours,
            toX: 0,
            toY: 0,
          },
          target,
          type,
        );
        let wrong = 0;
        for (let i = 0; i < target.length; i++) {
          const alpha = source.hasAlpha && i % channels === channels - 1;
          // A mean of three equal float32 values may differ in the last bit.
          const exact = type !== 'float32' || colours === 3;
          const expected = alpha ? 77 : source.data[i]!;
          if (exact ? target[i] !== expected : Math.abs(target[i]! - expected) > 1e-6) wrong += 1;
        }
        expect(wrong).toBe(0);
      });

  it('rounds to the nearest and clips', () => {
    const values = [-1, 0, 0.4999 / 255, 0.5001 / 255, 254.6 / 255, 1, 7];
    const planar = new Float32Array(64);
    planar.set(values);
    const target = new Uint8Array(7);
    const window = { side: 8, fromX: 0, fromY: 0, width: 7, height: 1, targetWidth: 7 };
    writeInterleaved(
      planar,
      1,
      { ...window, channels: 1, colours: 1, toX: 0, toY: 0 },
      target,
      'uint8',
    );
    expect([...target]).toEqual([0, 0, 0, 1, 255, 255, 255]);
  });
});
