/**
 * A frame on its way back into its object: samples to words as they are stored. A word whose value did not change keeps all of its
 * bits, those beside the stored ones too (overlays lie there in old files).
 */
import type { Scale } from '../../../contract/index.ts';
import type { ObjectFrame } from '../../../pixels/index.ts';
import type { Samples } from '../../../pixels/raster.ts';
import type { PixelFacts } from '../image.ts';
import { storedValues, type Words } from '../values.ts';

export class FrameBack implements ObjectFrame {
  /** What was done to it. */
  readonly action: string;
  /** A value is another one. */
  changed = false;
  /** Values beyond Bits Stored. */
  clipped = 0;
  /** Values that cleaning would have made padding. */
  moved = 0;
  /** Empty once all rows are laid: the frames of an object wait together for its end. */
  #words: Words;
  #values: Samples;
  readonly #facts: PixelFacts;
  readonly #padding: Scale['padding'];

  /** @param words of the source, as it was read from them: of RGB where it is colour */
  constructor(action: string, words: Words, facts: PixelFacts, padding: Scale['padding']) {
    this.action = action;
    this.#words = words;
    this.#values = storedValues(words, facts);
    this.#facts = facts;
    this.#padding = padding;
  }

  rows(samples: Samples, top: number): Uint8Array {
    const { columns, samples: channels } = this.#facts;
    const first = top * columns * channels;
    const out = this.#words.slice(first, first + samples.length);
    const lay = this.#layer();
    for (let at = 0; at < samples.length; at++) {
      const wanted = samples[at]!;
      if (wanted === this.#values[first + at]) continue;
      out[at] = lay(out[at]!, wanted);
    }
    if (first + samples.length >= this.#words.length)
      this.#words = this.#values = new Uint8Array(0);
    return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
  }

  /** A value into the word that stood there. */
  #layer(): (word: number, value: number) => number {
    const { bitsStored, highBit, bitsAllocated, signed } = this.#facts;
    const shift = highBit - bitsStored + 1;
    const least = signed ? -(2 ** (bitsStored - 1)) : 0;
    const most = 2 ** (signed ? bitsStored - 1 : bitsStored) - 1;
    const whole = 2 ** bitsAllocated - 1;
    const mask = (2 ** bitsStored - 1) << shift;
    const above = whole & ~(2 ** (highBit + 1) - 1);
    return (word, value) => {
      this.changed = true;
      const stored = this.#besidePadding(this.#within(value, least, most), least, most);
      const laid = (word & ~mask) | ((stored << shift) & mask);
      if (!signed || above === 0) return laid & whole;
      // Where the bits above were the sign of the old value, they become that of the new one.
      const wasSign = (word & above) === ((word >>> highBit) & 1 ? above : 0);
      if (!wasSign) return laid & whole;
      return (stored < 0 ? laid | above : laid & ~above) & whole;
    };
  }

  #within(value: number, least: number, most: number): number {
    const rounded = Math.floor(value + 0.5);
    if (rounded >= least && rounded <= most) return rounded;
    this.clipped += 1;
    return rounded < least ? least : most;
  }

  #besidePadding(value: number, least: number, most: number): number {
    const padding = this.#padding;
    if (!padding || value < padding.low || value > padding.high) return value;
    const [below, above] = [padding.low - 1, padding.high + 1];
    const isNearer = value - below < above - value || above > most;
    const beside = isNearer && below >= least ? below : above;
    if (beside < least || beside > most) return value;
    this.moved += 1;
    return beside;
  }
}
