/** Makes entropy models for tests: seeded, of any shape, with weights of a chosen strength. */
import { layerShapes } from '../../../app/latent/entropy/model.ts';
import { uniform } from '../../random.ts';

export interface SyntheticModel {
  readonly groups: readonly number[];
  readonly state: number;
  readonly hidden: number;
  readonly seed: number;
  readonly firstCoded?: number;
  readonly rdo?: number;
  /**
   * `trained`: activations keep their size from layer to layer. `extreme`: every output is as near to the
   * overflow bound as the proof allows, with the largest weights that fit.
   */
  readonly weights?: 'trained' | 'extreme';
  /** Widest table; narrow ones force escapes. */
  readonly largestWidth?: number;
}

/** The shape of models/latent-photo. */
export const fullShape = { groups: [3, 9, 24, 52, 104], state: 48, hidden: 64 } as const;
export const smallShape = { groups: [3, 5, 4], state: 10, hidden: 7 } as const;

class Bytes {
  readonly #parts: number[] = [];
  u8 = (value: number) => void this.#parts.push(value & 255);
  u16 = (value: number) => {
    this.u8(value);
    this.u8(value >> 8);
  };
  i32 = (value: number) => {
    this.u16(value);
    this.u16(value >> 16);
  };
  done = () => Uint8Array.from(this.#parts);
}

/** Frequencies of a Laplacian of a scale (steps), whole steps, tails in the escape; sum 65536. */
export function laplacian(scale: number, largestWidth: number): { width: number; f: number[] } {
  const width = Math.max(1, Math.min(largestWidth, Math.ceil(9 * scale)));
  const below = (x: number) => (x < 0 ? 0.5 * Math.exp(x / scale) : 1 - 0.5 * Math.exp(-x / scale));
  const shares = Array.from({ length: 2 * width + 1 }, (_, i) => {
    const s = i - width;
    return below(s + 0.5) - below(s - 0.5);
  });
  shares.push(2 * below(-width - 0.5));
  const f = shares.map((share) => 1 + Math.floor(share * (65536 - shares.length)));
  f[width]! += 65536 - f.reduce((sum, x) => sum + x, 0);
  return { width, f };
}

/** Bytes of an `entropy.bin`. */
export function syntheticModel(options: SyntheticModel): Uint8Array {
  const { groups, state, hidden } = options;
  const random = uniform(options.seed);
  const out = new Bytes();
  for (const letter of 'HGEN') out.u8(letter.charCodeAt(0));
  const channels = groups.reduce((sum, size) => sum + size, 0);
  for (const value of [1, channels, groups.length, ...groups, state, hidden]) out.u16(value);
  out.u8(options.firstCoded ?? 6);
  out.u8(0);
  out.u16(options.rdo ?? 40);
  out.u16(0);
  for (let c = 0; c < channels; c++) out.u8(c % 4);
  groups.forEach((_, group) => {
    for (const [inputs, outputs, kernel, relu] of layerShapes(groups, state, hidden, group)) {
      for (const value of [inputs, outputs]) out.u16(value);
      out.u8(kernel);
      out.u8(relu ? 1 : 0);
      out.u16(0);
      const fan = kernel * kernel * inputs;
      if (options.weights === 'extreme') {
        // Σ|w| = 65534 gives 2147418112; what is left to 2^31 goes to the bias.
        const perWeight = Math.floor(65534 / fan);
        for (let o = 0; o < outputs; o++) {
          const flip = random() < 0.5 ? -1 : 1;
          for (let i = 0; i < fan; i++) {
            const rest = i === 0 ? Math.min(32767 - perWeight, 65534 - perWeight * fan) : 0;
            out.u16((random() < 0.2 ? -flip : flip) * Math.min(32767, perWeight + rest));
          }
        }
        for (let o = 0; o < outputs; o++) out.i32(random() < 0.5 ? 60000 : -60000);
        for (let o = 0; o < outputs; o++) out.i32(random() < 0.5 ? 70 : -70);
      } else {
        const size = 1024 * Math.sqrt((relu ? 2 : 0.5) / fan) * Math.sqrt(3);
        for (let i = 0; i < outputs * fan; i++) out.u16(Math.round((2 * random() - 1) * size));
        for (let o = 0; o < outputs; o++) out.i32(Math.round((random() - 0.5) * 2 ** 15));
        for (let o = 0; o < outputs; o++) out.i32(Math.round((random() - 0.5) * 2 ** 8));
      }
    }
  });
  for (let index = 0; index < 64; index++) {
    const { width, f } = laplacian(2 ** ((index - 28) / 5), options.largestWidth ?? 1000);
    out.u16(width);
    for (const frequency of f) out.u16(frequency);
  }
  return out.done();
}

/** Latents as a codec makes them: many small, few large; `scale` in levels for the first channel. */
export function syntheticLatents(
  channels: number,
  area: number,
  seed: number,
  scale = 400,
): Float32Array {
  const random = uniform(seed);
  return Float32Array.from({ length: channels * area }, (_, i) => {
    const channel = Math.floor(i / area);
    const laplace = Math.log(1 - random()) * (random() < 0.5 ? -1 : 1);
    return (laplace * scale) / (1 + channel) ** 1.2;
  });
}
