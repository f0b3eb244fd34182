/**
 * A frame on its way back into its object: samples to words as they are stored. The bits beside the stored ones are those of the source,
 * of a word whose value changed too: overlays lie there in old files. Above High Bit they are the sign where the frame has it so
 * (PS3.5, 8.1.1), which is one rule for all of its words: a bit that equals the sign in each of them.
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

  /** Bits above High Bit that are the sign of their word, in each of the frame. */
  readonly #signs: number;

  /** @param words of the source, as it was read from them: of RGB where it is colour */
  constructor(action: string, words: Words, facts: PixelFacts, padding: Scale['padding']) {
    this.action = action;
    this.#words = words;
    this.#values = storedValues(words, facts);
    this.#facts = facts;
    this.#padding = padding;
    this.#signs = signBits(words, facts);
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
    const signs = this.#signs;
    return (word, value) => {
      this.changed = true;
      const stored = this.#besidePadding(this.#within(value, least, most), least, most);
      const laid = (word & ~mask) | ((stored << shift) & mask);
      return (stored < 0 ? laid | signs : laid & ~signs) & whole;
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

/** 0 where nothing is above, or values have no sign. */
function signBits(
  words: Words,
  { signed, highBit, bitsAllocated }: Pick<PixelFacts, 'signed' | 'highBit' | 'bitsAllocated'>,
): number {
  const above = (2 ** bitsAllocated - 1) & ~(2 ** (highBit + 1) - 1);
  if (!signed || above === 0) return 0;
  let others = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    others |= (word >>> highBit) & 1 ? ~word : word;
  }
  return above & ~others;
}
