/**
 * `npm run bench -- peak [--megapixels 12] [--only PNG] [--write]`
 *
 * What decoding takes at its highest (resident memory, `app/pixels/peak.ts` estimates it) for a noisy picture of that size in every
 * format that libvips reads, each in a process of its own (Linux). Ends with 1 where a file took more than was estimated. `--write` puts the
 * table into docs/manual/memory.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import { defaultLimits } from '../../app/pixels/index.ts';
import { readHeader } from '../../app/pixels/header.ts';
import { identify } from '../../app/pixels/identify.ts';
import { bundleChild, forkChild } from '../child.ts';
import { writeIntoManual } from '../manual.ts';

const { values } = parseArgs({
  options: {
    megapixels: { type: 'string', default: '12' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});

const deep = (picture: Sharp): Sharp => picture.toColourspace('rgb16');
const seen = (picture: Sharp): Sharp => picture.ensureAlpha(0.5);
const bits = (picture: Sharp): Sharp => picture.threshold(128).toColourspace('b-w');
const fax = { compression: 'ccittfax4', bitdepth: 1 } as const;
const full = { quality: 90, chromaSubsampling: '4:4:4' } as const;

const cases: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  'JPEG, 4:2:0': (picture) => picture.jpeg({ quality: 90 }),
  'JPEG, 4:4:4': (picture) => picture.jpeg(full),
  'JPEG, turned': (picture) => picture.withMetadata({ orientation: 6 }).jpeg({ quality: 90 }),
  'JPEG, progressive, 4:2:0': (picture) => picture.jpeg({ quality: 90, progressive: true }),
  'JPEG, progressive, 4:4:4': (picture) => picture.jpeg({ ...full, progressive: true }),
  PNG: (picture) => picture.png({ compressionLevel: 1 }),
  'PNG, alpha': (picture) => seen(picture).png({ compressionLevel: 1 }),
  'PNG, 16 bits': (picture) => deep(picture).png({ compressionLevel: 1 }),
  'PNG, interlaced': (picture) => picture.png({ compressionLevel: 1, progressive: true }),
  'PNG, two colours': (picture) => bits(picture).png({ palette: true, colours: 2, effort: 1 }),
  WebP: (picture) => picture.webp({ effort: 0 }),
  'WebP, alpha': (picture) => seen(picture).webp({ effort: 0 }),
  'WebP, lossless': (picture) => picture.webp({ lossless: true, effort: 0 }),
  AVIF: (picture) => picture.avif({ effort: 0 }),
  'AVIF, 4:2:0': (picture) => picture.avif({ effort: 0, chromaSubsampling: '4:2:0' }),
  'AVIF, alpha': (picture) => seen(picture).avif({ effort: 0 }),
  'AVIF, 12 bits': (picture) => deep(picture).avif({ effort: 0, bitdepth: 12 }),
  GIF: (picture) => picture.gif({ effort: 1, colours: 16 }),
  'TIFF, uncompressed': (picture) => picture.tiff({ compression: 'none' }),
  'TIFF, LZW': (picture) => picture.tiff({ compression: 'lzw' }),
  'TIFF, Deflate, 16 bits': (picture) => deep(picture).tiff({ compression: 'deflate' }),
  'TIFF, Deflate, tiles': (picture) => picture.tiff({ compression: 'deflate', tile: true }),
  'TIFF, JPEG': (picture) => picture.tiff({ compression: 'jpeg' }),
  'TIFF, JPEG, tiles': (picture) => picture.tiff({ compression: 'jpeg', tile: true }),
  'TIFF, fax': (picture) => bits(picture).tiff(fax),
};

const width = Math.round(Math.sqrt((Number(values.megapixels) * 1e6 * 4) / 3));
const height = Math.round((width * 3) / 4);
const noise = { type: 'gaussian', mean: 128, sigma: 10 } as const;
const pixels = await sharp({
  create: { width, height, channels: 3, background: 'gray', noise },
})
  .raw()
  .toBuffer();
const picture = (): Sharp => sharp(pixels, { raw: { width, height, channels: 3 } });

/** A picture of frames one above the other, four of them: the first is what is read. */
const frames = (): Sharp => {
  const pageHeight = Math.floor(height / 4);
  const data = pixels.subarray(0, width * pageHeight * 4 * 3);
  return sharp(data, { raw: { width, height: pageHeight * 4, channels: 3, pageHeight } });
};
const made: Readonly<Record<string, () => Sharp>> = {
  ...Object.fromEntries(Object.entries(cases).map(([name, of]) => [name, () => of(picture())])),
  'GIF, 4 frames': () => frames().gif({ effort: 1, colours: 16 }),
  'WebP, 4 frames': () => frames().webp({ effort: 0 }),
};

const folder = mkdtempSync(join(tmpdir(), 'hourglass-peak-'));
const child = await bundleChild('test/bench/_peak-child.ts');

const measured = (path: string): Promise<{ peak: number; raster: number }> =>
  new Promise((resolve, reject) => {
    const process = forkChild(child);
    process.on('message', resolve);
    process.on('exit', (code) => reject(new Error(`exit ${code}`)));
    process.send(path);
  });

const inMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
const lines = [
  `${width} × ${height} pixels of noise; megabytes.`,
  '',
  '| file | its size | picture | taken | estimated | estimate / taken |',
  '| --- | ---: | ---: | ---: | ---: | ---: |',
];
console.log(lines.join('\n'));
let exceeded = 0;
try {
  for (const [name, of] of Object.entries(made)) {
    if (!name.includes(values.only)) continue;
    const path = join(folder, 'file');
    writeFileSync(path, await of().toBuffer());
    const file = await identify(path);
    const limits = { ...defaultLimits, allowMemory: true };
    const { peak: estimate } = await readHeader(file, path, limits);
    const { peak, raster } = await measured(path);
    if (peak > estimate) exceeded += 1;
    const cells = [file.bytes, raster, peak, estimate].map(inMegabytes);
    const line = `| ${name} | ${cells.join(' | ')} | ${(estimate / peak).toFixed(2)} |`;
    lines.push(line);
    console.log(line);
  }
  if (values.write) await writeIntoManual('memory.md', 'peak', lines.join('\n'));
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = exceeded > 0 ? 1 : 0;
