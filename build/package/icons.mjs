// `npm run package -- --icons`: the icons of all systems from the page's own drawing. Committed, as electron-builder
// would fetch a program to make them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Icns, IcnsImage } from '@fiahfy/icns';

/**
 * A Windows icon of PNG pictures, which Windows reads since Vista: an eighth of what the kept libraries write, as bitmaps.
 * @param {readonly number[]} sides @param {(side: number) => Promise<Buffer>} png
 */
async function ico(sides, png) {
  const pictures = await Promise.all(sides.map(png));
  const head = Buffer.alloc(6 + 16 * sides.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(sides.length, 4);
  let offset = head.length;
  for (const [index, picture] of pictures.entries()) {
    const at = 6 + 16 * index;
    // 256 is written as 0; one plane, 32 bits.
    head.set([sides[index] % 256, sides[index] % 256, 0, 0, 1, 0, 32, 0], at);
    head.writeUInt32LE(picture.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += picture.length;
  }
  return Buffer.concat([head, ...pictures]);
}

/** @param {string} root of the repository */
export async function makeIcons(root) {
  const sharp = createRequire(join(root, 'package.json'))('sharp');
  const drawing = readFileSync(join(root, 'renderer/public/icon.svg'));
  const png = (/** @type {number} */ side) =>
    sharp(drawing, { density: (72 * side) / 32 })
      .resize(side, side)
      .png({ compressionLevel: 9 })
      .toBuffer();
  const folder = join(root, 'build/resources');
  mkdirSync(join(folder, 'icons'), { recursive: true });
  for (const side of [16, 24, 32, 48, 64, 128, 256, 512])
    writeFileSync(join(folder, `icons/${side}x${side}.png`), await png(side));
  writeFileSync(join(folder, 'icon.png'), await png(1024));
  writeFileSync(join(folder, 'icon.ico'), await ico([16, 24, 32, 48, 64, 128, 256], png));
  const icns = new Icns();
  for (const [type, side] of /** @type {const} */ ([
    ['ic04', 16],
    ['ic05', 32],
    ['ic07', 128],
    ['ic08', 256],
    ['ic09', 512],
    ['ic10', 1024],
    ['ic11', 32],
    ['ic12', 64],
    ['ic13', 256],
    ['ic14', 512],
  ]))
    icns.append(IcnsImage.fromPNG(await png(side), type));
  writeFileSync(join(folder, 'icon.icns'), icns.data);
}
