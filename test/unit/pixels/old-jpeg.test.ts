/** TIFF with JPEG in the old way (TIFF 6.0, section 22): libtiff reads none of it and says nothing, so that it came out empty. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeImage, defaultLimits } from '../../../app/pixels/index.ts';
import {
  concatBytes,
  layOutDirectory,
  numberEntry,
  tiffHeaderBytes,
  type NewEntry,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { createThumbnail } from '../../../app/pixels/thumbnail.ts';
import { encoded, drawing } from '../../damage/damages.ts';
import { scratchFolder } from './support.ts';

const path = join(scratchFolder(), 'scan.tif');
const jpeg = await encoded('JPEG baseline', drawing(1, 64, 48));

function tiffWith(
  little: boolean,
  photometric: number,
  own: (stream: number) => NewEntry[],
): string {
  const short = (tag: number, ...values: number[]) => numberEntry(tag, 3, values, little);
  const samples = photometric === 1 ? 1 : 3;
  const depths = Array.from({ length: samples }, () => 8);
  const entries = [
    ...[short(256, 64), short(257, 48), short(258, ...depths), short(259, 6)],
    ...[short(262, photometric), short(277, samples), ...own(8)],
  ];
  const padded = concatBytes([jpeg, new Uint8Array(jpeg.length % 2)]);
  const at = 8 + padded.length;
  writeFileSync(path, concatBytes([tiffHeaderBytes(little, at), padded, layOutDirectory(entries, at, little)])); // prettier-ignore
  return path;
}

const long = (tag: number, ...values: number[]): NewEntry => numberEntry(tag, 4, values, true);
const strip = (at: number): NewEntry[] => [long(273, at), long(278, 48), long(279, jpeg.length)];

it.each([
  [
    'a whole JPEG beside its strip',
    6,
    (at: number) => [...strip(at), long(513, at), long(514, jpeg.length)],
  ],
  ['a JPEG without a length', 6, (at: number) => [long(278, 48), long(513, at)]],
  [
    'tables of its own',
    6,
    (at: number) => [
      ...strip(at),
      long(519, at, at, at),
      long(520, at, at, at),
      long(521, at, at, at),
    ],
  ],
  [
    'tiles',
    2,
    (at: number) => [long(322, 64), long(323, 48), long(324, at), long(325, jpeg.length)],
  ],
  ['gray', 1, strip],
  ['nothing at all', 6, () => []],
])('%s: refused in words, and has no thumbnail', async (_name, photometric, own) => {
  const refusal = {
    code: 'unsupported-image',
    message:
      'scan.tif is a TIFF with JPEG in the old way (compression 6), which was never well defined and is not supported.',
  };
  tiffWith(true, photometric, own);
  await expect(decodeImage({ path })).rejects.toMatchObject(refusal);
  await expect(decodeImage({ path, limits: { ...defaultLimits, allowDamaged: true } })).rejects.toMatchObject(refusal); // prettier-ignore
  await expect(createThumbnail({ path })).rejects.toMatchObject(refusal);
});
