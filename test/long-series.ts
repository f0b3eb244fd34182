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
 */
export function makeLongSeries(
  pack: string,
  kind: keyof typeof realSeries,
  slices: number,
  folder: string,
): void {
  mkdirSync(folder);
  const source = join(pack, 'series', realSeries[kind]);
  const files = readdirSync(source)
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => readFileSync(join(source, name)));
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
