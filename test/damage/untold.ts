/** Which damages a format has no means to tell; the manual's page docs/manual/damaged-files.md says the same in words. */
import type { Encoding } from './damages.ts';

const inside = ['cluster zeroed', 'cluster random'];
const holes = [...inside, 'tail zeroed', 'zeros before the end'];

const untoldOf: Readonly<Partial<Record<Encoding, readonly string[]>>> = {
  // No checksum: a scan may end at the right place by chance, or miss a little of the last lines.
  'JPEG baseline': ['cluster random'],
  'JPEG, common codes': ['cluster random'],
  'JPEG progressive': inside,
  // Decodes to as many blocks by chance.
  'TIFF strips, JPEG': ['cluster random'],
  'TIFF tiles, JPEG': ['cluster random'],
  // Arithmetic codes without a checksum or an end: every row of bits is a picture, and zeros are what flat areas become.
  'WebP lossy': holes,
  'WebP lossless': holes,
  // Arithmetic codes of one tile: whatever is there decodes to something, and its end is where the marker is.
  'JPEG 2000': [...inside, 'zeros before the end'],
  'TIFF strips, uncompressed': inside,
  'TIFF tiles, uncompressed': inside,
};

export const untold = (encoding: Encoding, damage: string): boolean =>
  untoldOf[encoding]?.includes(damage) ?? false;
