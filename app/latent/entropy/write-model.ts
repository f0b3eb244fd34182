/** An entropy model as the bytes of `entropy.bin` (docs/latent-format.md): the way back of `parseEntropyModel`. */
import type { EntropyModel } from './model.ts';

export function encodeEntropyModel(model: EntropyModel): Uint8Array {
  const parts: number[] = [];
  const u8 = (value: number): void => void parts.push(value & 255);
  const u16 = (value: number): void => {
    u8(value);
    u8(value >> 8);
  };
  const i32 = (value: number): void => {
    u16(value);
    u16(value >> 16);
  };
  for (const letter of 'HGEN') u8(letter.charCodeAt(0));
  const { channels, groups, state, hidden } = model;
  for (const value of [1, channels, groups.length, ...groups, state, hidden]) u16(value);
  u8(model.firstCoded);
  u8(0);
  u16(model.rdo);
  u16(0);
  model.parity.forEach(u8);
  for (const { inputs, outputs, kernel, relu, weights, bias, quality } of model.layers.flat()) {
    u16(inputs);
    u16(outputs);
    u8(kernel);
    u8(relu ? 1 : 0);
    u16(0);
    weights.forEach(u16);
    bias.forEach(i32);
    quality.forEach(i32);
  }
  for (const { width, frequency } of model.tables) {
    u16(width);
    frequency.forEach(u16);
  }
  return new Uint8Array(parts);
}
