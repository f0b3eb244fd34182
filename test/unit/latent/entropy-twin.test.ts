/** The plain coder: what was coded comes back, and what it costs is what was promised. */
import { describe, expect, it } from 'vitest';
import { parseEntropyModel } from '../../../app/latent/entropy/model.ts';
import { createTwinCoder } from '../../../app/latent/entropy/twin.ts';
import { fullShape, smallShape, syntheticLatents, syntheticModel } from './entropy-models.ts';

const small = parseEntropyModel(syntheticModel({ ...smallShape, seed: 1 }));

describe('plain coder', () => {
  it('gives back what it coded', () => {
    for (const [columns, rows] of [
      [1, 1],
      [1, 7],
      [5, 1],
      [9, 6],
    ] as const)
      for (const step of [0, 40, 64, 127]) {
        const y = syntheticLatents(small.channels, columns * rows, columns + step);
        const coder = createTwinCoder(small);
        const coded = coder.encode({ y, columns, rows, step });
        const size = { columns, rows, step };
        const { preview, rest } = coded;
        const whole = coder.decode({ preview, rest, ...size });
        expect(whole.values).toEqual(coded.values);
        expect(whole.symbols).toEqual(coded.symbols);
        expect(whole.crc).toBe(coded.crc);
        const first = coder.decode({ preview, rest: null, ...size });
        expect(first.previewCrc).toBe(coded.previewCrc);
        expect(first.crc).toBeNull();
        const own = small.groups[0]! * columns * rows;
        expect(first.values.subarray(0, own)).toEqual(coded.values.subarray(0, own));
        const { bits, previewBits } = coder.cost({ y, ...size });
        expect(Math.abs(8 * preview.length - previewBits)).toBeLessThan(40);
        expect(Math.abs(8 * rest.length - (bits - previewBits))).toBeLessThan(40 + bits / 100);
      }
  });

  it('codes the shipped shape', () => {
    const model = parseEntropyModel(syntheticModel({ ...fullShape, seed: 2 }));
    const coder = createTwinCoder(model);
    const size = { columns: 9, rows: 7, step: 60 };
    const y = syntheticLatents(192, 63, 3);
    const { preview, rest, values } = coder.encode({ y, ...size });
    expect(coder.decode({ preview, rest, ...size }).values).toEqual(values);
  });
});
