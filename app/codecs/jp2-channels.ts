/**
 * Which component of a JPEG 2000 codestream is which colour or the opacity (ISO/IEC 15444-1, I.5.3.6), and files that hand over some of them:
 * OpenJPEG as it is built here gives one or three, and what its palette boxes choose is what it gives.
 */
import { concatBytes } from '../pixels/metadata/tiff-structure.ts';
import type { Jp2Channel, Jp2Facts } from './jp2-boxes.ts';

export interface Places {
  /** Numbers of components: gray, or red, green and blue. */
  readonly colours: readonly number[];
  readonly opacity: number;
  /** The colours are stored multiplied by it. */
  readonly isMultiplied: boolean;
}

const isOpacity = ({ type }: Jp2Channel): boolean => type === 1 || type === 2;

/** Some channel is said to be opacity, whatever the others are. */
export const saysOpacity = ({ channels }: Pick<Jp2Facts, 'channels'>): boolean =>
  channels.some(isOpacity);

/**
 * Gray or RGB with an opacity of the whole picture, each channel defined once; null: anything else. A file that says nothing of its channels has
 * no opacity: what a fourth one is, nobody knows.
 */
export function placesOf({
  channels,
  components,
}: Pick<Jp2Facts, 'channels' | 'components'>): Places | null {
  const [opacity, ...others] = channels.filter(isOpacity);
  const colours = channels
    .filter(({ type }) => type === 0)
    .sort((one, other) => one.association - other.association);
  const isPlain =
    opacity?.association === 0 &&
    others.length === 0 &&
    (colours.length === 1 || colours.length === 3) &&
    colours.every(({ association }, at) => association === at + 1) &&
    channels.length === colours.length + 1 &&
    channels.length === components.length;
  const numbers = new Set(channels.map(({ number }) => number));
  if (!isPlain || numbers.size !== channels.length || Math.max(...numbers) >= components.length)
    return null;
  return {
    colours: colours.map(({ number }) => number),
    opacity: opacity.number,
    isMultiplied: opacity.type === 2,
  };
}

const u16 = (value: number): number[] => [value >> 8, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 65535)];
const text = (letters: string): Uint8Array => new Uint8Array(Buffer.from(letters, 'latin1'));

function box(type: string, ...parts: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  const body = concatBytes(parts.map((part) => new Uint8Array(part)));
  return concatBytes([new Uint8Array(u32(body.length + 8)), text(type), body]);
}

/**
 * A JP2 file of the same codestream whose channels are these components alone: a palette of one entry that nobody looks into, for a component
 * mapping of type 0 takes its component as it is (I.5.3.4, I.5.3.5).
 * @param numbers one, or three
 */
export function fileOfComponents(
  { size, components, codestream }: Pick<Jp2Facts, 'size' | 'components' | 'codestream'>,
  numbers: readonly number[],
): Uint8Array {
  const { width, height } = size!;
  const depths = numbers.map((number) => components[number]!.bits - 1);
  const entries = depths.flatMap((depth) => (depth < 8 ? [0] : [0, 0]));
  return concatBytes([
    box('jP  ', text('\r\n\x87\n')),
    box('ftyp', text('jp2 \0\0\0\0jp2 ')),
    box(
      'jp2h',
      // Depths stand in a box of their own (255), wavelets are the compression (7).
      box('ihdr', [...u32(height), ...u32(width), ...u16(components.length), 255, 7, 0, 0]),
      box('bpcc', components.map(({ bits }) => bits - 1)), // prettier-ignore
      box('colr', [1, 0, 0, ...u32(numbers.length === 1 ? 17 : 16)]),
      box('pclr', [...u16(1), numbers.length, ...depths, ...entries]),
      box('cmap', numbers.flatMap((number) => [...u16(number), 0, 0])), // prettier-ignore
    ),
    box('jp2c', codestream),
  ]);
}
