/** Series of any length, from the real slices of the data pack: for benches and soaks. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';

/** Folders of `series` in the data pack. */
export const realSeries = {
  /** 512 × 512, 12 bits. */
  ct: 'ct-chest-abdomen',
  /** 128 × 128, signed, a slope for each slice. */
  pet: 'pet-whole-body',
} as const;

/**
 * Real slices again and again, a millimetre apart, each an instance of its own, in the order of their places: `0000.dcm` …
 * @param folder does not exist
 * @param slices at most 10,000
 * @param side of the square in the middle of each slice that stands for it, pixels; default: all of it
 */
export function makeLongSeries(
  pack: string,
  kind: keyof typeof realSeries,
  slices: number,
  folder: string,
  side?: number,
): void {
  mkdirSync(folder);
  const source = join(pack, 'series', realSeries[kind]);
  const files = readdirSync(source)
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => readFileSync(join(source, name)))
    .map((bytes) => (side === undefined ? bytes : middleOf(bytes, side)));
  for (let slice = 0; slice < slices; slice++) {
    const bytes = Buffer.from(files[slice % files.length]!);
    const { elements } = dicomParser.parseDicom(bytes);
    const set = (tag: string, of: (text: string) => string, fill: string): void => {
      const { dataOffset, length } = elements[tag]!;
      const text = of(bytes.toString('latin1', dataOffset, dataOffset + length));
      bytes.write(text.padEnd(length, fill).slice(0, length), dataOffset, 'latin1');
    };
    const number = String(slice).padStart(4, '0');
    for (const tag of ['x00020003', 'x00080018'])
      set(tag, (uid) => `${uid.replace(/\0$/, '').slice(0, -5)}1${number}`, '\0');
    set('x00200032', (place) => [...place.split('\\').slice(0, 2), -slice].join('\\'), ' ');
    writeFileSync(join(folder, `${number}.dcm`), bytes);
  }
}

/** @param bytes little endian, 16 bits, the pixels last: so are both series @param side at most that of the slice */
function middleOf(bytes: Buffer, side: number): Buffer {
  const { elements } = dicomParser.parseDicom(bytes);
  const at = (tag: string): number => elements[tag]!.dataOffset;
  const [rows, columns] = ['x00280010', 'x00280011'].map((tag) => bytes.readUInt16LE(at(tag)));
  const pixels = at('x7fe00010');
  const [top, left] = [rows, columns].map((all) => (all! - side) >> 1);
  const lines = Array.from({ length: side }, (_, row) => {
    const start = pixels + 2 * ((top! + row) * columns! + left!);
    return bytes.subarray(start, start + 2 * side);
  });
  const cut = Buffer.concat([bytes.subarray(0, pixels), ...lines]);
  for (const tag of ['x00280010', 'x00280011']) cut.writeUInt16LE(side, at(tag));
  cut.writeUInt32LE(2 * side * side, pixels - 4);
  return cut;
}
