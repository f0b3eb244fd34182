/** `entropy.bin`: what is refused, and why; the proof against overflow at its very edge. */
import { describe, expect, it } from 'vitest';
import { HourglassError } from '../../../app/contract/index.ts';
import { parseEntropyModel } from '../../../app/latent/entropy/model.ts';
import { delta, stepOfQuality } from '../../../app/latent/entropy/steps.ts';
import { bitsOf, scaleIndex } from '../../../app/latent/entropy/tables.ts';
import { uniform } from '../../random.ts';
import { fullShape, smallShape, syntheticModel } from './entropy-models.ts';

const bytes = syntheticModel({ ...smallShape, seed: 1 });
/** Header: magic, version, C, G, three sizes, state, hidden, firstCoded, reserved, rdo, reserved. */
const HEADER = 26;
const CHANNELS = 12;
const LAYERS = HEADER + CHANNELS;

function reasonOf(change: (copy: Uint8Array, view: DataView) => Uint8Array | void): string {
  const copy = bytes.slice();
  const changed = change(copy, new DataView(copy.buffer)) ?? copy;
  try {
    parseEntropyModel(changed);
  } catch (error) {
    expect(error).toBeInstanceOf(HourglassError);
    expect((error as HourglassError).code).toBe('model-damaged');
    return (error as HourglassError).message;
  }
  return 'accepted';
}

describe('entropy.bin', () => {
  it('is read as it was written', () => {
    const model = parseEntropyModel(syntheticModel({ ...fullShape, seed: 3, rdo: 51 }));
    expect(model.channels).toBe(192);
    expect(model.groups).toEqual([3, 9, 24, 52, 104]);
    expect([model.state, model.hidden, model.firstCoded, model.rdo]).toEqual([48, 64, 6, 51]);
    expect([...model.parity.subarray(0, 5)]).toEqual([0, 1, 2, 3, 0]);
    const shapes = model.layers.map((triple) => triple.map((l) => [l.inputs, l.outputs, l.kernel]));
    expect(shapes[0]).toEqual([
      [36, 32, 1],
      [32, 32, 1],
      [68, 6, 1],
    ]);
    expect(shapes[1]![0]).toEqual([3, 48, 3]);
    expect(shapes[4]).toEqual([
      [100, 48, 3],
      [48, 64, 1],
      [64, 208, 1],
    ]);
    for (const table of model.tables)
      expect(table.frequency.reduce((sum, f) => sum + f, 0)).toBe(65536);
  });

  it.each<[string, number, number]>([
    ['it does not begin with "HGEN"', 0, 0x48],
    ['its version is 2 where 1 to 1', 4, 2],
    ['the number of channels is 0', 6, 0],
    ['its groups hold 12 of 13', 6, 13],
    ['the number of groups is 0', 8, 0],
    ['the size of group 1 is 0', 12, 0],
    ['the width of the state is 0', 16, 0],
    ['the width of the hidden layers is 2000', 18, 2000],
    ['the first coded scale is 65', 20, 65],
    ['a reserved byte is 1', 20, 0x100],
    ['a reserved field is 1', 24, 1],
    ['the parity of channel 0 is 4', HEADER, 4],
    ['layer 0 of group 0 declares 35, 32, 1, 1, 0 instead of 36, 32, 1, 1, 0', LAYERS, 35],
    ['layer 0 of group 0 declares 36, 32, 3, 1, 0', LAYERS + 4, 0x103],
    ['layer 0 of group 0 declares 36, 32, 1, 0, 0', LAYERS + 4, 1],
  ])('says that %s', (words, at, value) => {
    expect(reasonOf((_, view) => view.setUint16(at, value, true))).toContain(words);
  });

  it('proves that sums can not overflow, to the last bit', () => {
    // Output 0 of the first layer: 36 weights, bias after 32·36 of them, its quality 32 later.
    const bias = LAYERS + 8 + 2 * 36 * 32;
    const set = (view: DataView, biasValue: number) => {
      for (let i = 0; i < 36; i++) view.setInt16(LAYERS + 8 + 2 * i, i < 2 ? 32767 : 0, true);
      view.setInt32(bias, biasValue, true);
      view.setInt32(bias + 4 * 32, -3, true);
    };
    const room = 2 ** 31 - 65534 * 32768 - 3 * 64 - 512;
    expect(reasonOf((_, view) => set(view, room - 1))).toBe('accepted');
    expect(reasonOf((_, view) => set(view, 1 - room))).toBe('accepted');
    expect(reasonOf((_, view) => set(view, room))).toContain(
      'output 0 of layer 0 of group 0 could overflow (2147483648 is not below 2^31)',
    );
    expect(reasonOf((_, view) => set(view, -room))).toContain('could overflow');
  });

  it('refuses tables that are none', () => {
    // The last table ends the file; its last frequency is the escape's.
    const end = bytes.length - 2;
    expect(reasonOf((_, view) => view.setUint16(end, 0, true))).toContain(
      'table 63 has a symbol of frequency 0',
    );
    expect(
      reasonOf((_, view) => view.setUint16(end, view.getUint16(end, true) + 1, true)),
    ).toContain('the frequencies of table 63 sum to 65537, not to 65536');
  });

  it('refuses every truncation, and anything behind the end', () => {
    for (let length = 0; length < bytes.length; length += length < 200 ? 1 : 499)
      expect(reasonOf(() => bytes.slice(0, length))).toContain('it ends at byte');
    expect(reasonOf(() => Uint8Array.from([...bytes, 0]))).toContain('1 bytes follow its end');
  });

  it('has a sentence for whatever is in the file', () => {
    const random = uniform(9);
    for (let round = 0; round < 150; round++)
      reasonOf((copy) => {
        const area = round % 3 === 0 ? 60 : copy.length;
        for (let k = 0; k < 1 + (round % 4); k++)
          copy[Math.floor(random() * area)] = Math.floor(random() * 256);
      });
  });
});

describe('scales, steps and costs', () => {
  it('has five scales per octave of the scale output', () => {
    expect([0, 64, -64, 6, 7, -6, -7].map(scaleIndex)).toEqual([28, 33, 23, 28, 29, 28, 27]);
    expect([32767, -32768].map(scaleIndex)).toEqual([63, 0]);
  });

  it('has sixteen steps per doubling, and a dial that runs the other way', () => {
    expect(delta(0)).toBe(1);
    expect(delta(32)).toBe(4);
    expect(stepOfQuality(100)).toBe(13);
    expect(stepOfQuality(1)).toBe(112);
  });

  it('counts the bits of escapes', () => {
    const table = {
      width: 1,
      frequency: Uint16Array.from([16384, 32768, 8192, 8192]),
      start: Uint16Array.from([0, 16384, 49152, 57344]),
      bits: Float64Array.from([2, 1, 3, 3]),
    };
    // Excess 0: one bit of prefix, one of sign. Excess 1 and 2: three and one. Excess 32765: 29 and one.
    expect([0, 1, -1, 2, -3, 4, 32767].map((s) => bitsOf(table, s))).toEqual([
      1, 3, 2, 5, 7, 7, 33,
    ]);
  });
});
