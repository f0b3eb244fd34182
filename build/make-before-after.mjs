// Makes the pictures of the empty state: each sample as it is on the left, and cleaned by the built program with its usual settings
// on the right. Writes renderer/public/before-after-{photo,scan}.webp.
//
//   npm run build && node build/make-before-after.mjs
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import sharp from 'sharp';
import { root } from './build.mjs';

/** Pixels of a picture: twice what it is shown as. */
const size = { width: 640, height: 400 };

/** What is shown of each sample, in its pixels: a piece of the size's shape. */
const shown = {
  photo: { file: 'sample.jpg', piece: { left: 60, top: 120, width: 400, height: 250 } },
  scan: { file: 'sample.dcm', piece: { left: 98, top: 158, width: 320, height: 200 } },
};

/** A slice as the screen shows it, in its window (PS3.3, C.11.2.1.2.1). @param {string} path */
function slice(path) {
  const data = dicomParser.parseDicom(readFileSync(path));
  const [rows, columns] = [data.uint16('x00280010'), data.uint16('x00280011')];
  const number = (tag) => Number(data.string(tag));
  const [center, width] = [number('x00281050'), number('x00281051')];
  const { dataOffset } = data.elements.x7fe00010;
  const levels = Buffer.alloc(rows * columns);
  for (let at = 0; at < levels.length; at++) {
    const stored =
      data.byteArray[dataOffset + 2 * at] | (data.byteArray[dataOffset + 2 * at + 1] << 8);
    const value = stored * number('x00281053') + number('x00281052');
    const share = (value - (center - 0.5)) / (width - 1) + 0.5;
    levels[at] = Math.round(255 * Math.min(1, Math.max(0, share)));
  }
  return sharp(levels, { raw: { width: columns, height: rows, channels: 1 } });
}

const scratch = mkdtempSync(join(tmpdir(), 'hourglass-before-after-'));
try {
  for (const [name, { file, piece }] of Object.entries(shown)) {
    const source = join(root, 'build/sample', file);
    const cleaned = join(scratch, file);
    const cli = join(root, 'dist/app/hosts/cli/main.js');
    const { status } = spawnSync(process.execPath, [cli, 'denoise', source, '--out', cleaned], {
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error(`Cleaning ${source} ended with ${status}.`);
    const [before, after] = await Promise.all(
      [source, cleaned].map((path) =>
        (name === 'scan' ? slice(path) : sharp(path))
          .extract(piece)
          .resize({ ...size, kernel: 'cubic' })
          .toColourspace('srgb')
          .png()
          .toBuffer(),
      ),
    );
    const half = await sharp(before)
      .extract({ left: 0, top: 0, width: size.width / 2, height: size.height })
      .toBuffer();
    const line = { width: 4, height: size.height, channels: 3, background: '#ffffff' };
    const output = join(root, `renderer/public/before-after-${name}.webp`);
    await sharp(after)
      .composite([
        { input: half, left: 0, top: 0 },
        { input: { create: line }, left: size.width / 2 - 2, top: 0 },
      ])
      .webp({ quality: 80, effort: 6 })
      .toFile(output);
    console.log(output);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
