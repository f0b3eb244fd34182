#!/usr/bin/env bash
# sharp: a TIFF gets no EXIF at all, neither what is kept from the source nor what is given, without an error or a warning.
#
# Version:     sharp 0.35.5 (libvips 8.18.7, libtiff 4.7.2)
# Most guess:  keepExif(), keepMetadata() and withExif() do for tiff() what they do for jpeg(), png(), webp() and avif(): TIFF is what EXIF is
#              made of, and XMP and the colour profile of the same picture are written
# Seen:        exposure time, camera and copyright are in none of the TIFFs; XMP and ICC are. JPEG, PNG, WebP and AVIF have them
# Costs:       an archive in TIFF whose pictures no longer say when and with what they were taken
# Source:      libvips, foreign/vips2tiff.c (writes ICC, XMP, IPTC and Photoshop blocks; no EXIF directory); run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error sharp@0.35.5
cat > run.mjs <<'JS'
import sharp from 'sharp';
const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>';
const exif = { IFD0: { Copyright: 'Jane Doe', Model: 'Camera 7' }, IFD2: { ExposureTime: '1/125' } };
const made = () => sharp({ create: { width: 8, height: 4, channels: 3, background: '#336699' } });
const source = await made().withExif(exif).withXmp(xmp).withIccProfile('p3').jpeg().toBuffer();
const ways = {
  keepExif: (image) => image.keepExif(),
  keepMetadata: (image) => image.keepMetadata(),
  withExif: (image) => image.withExif(exif),
  withExifMerge: (image) => image.withExifMerge(exif),
};
let asSaid = true;
for (const format of ['jpeg', 'png', 'webp', 'avif', 'tiff']) {
  const has = {};
  for (const [name, way] of Object.entries(ways)) {
    const bytes = await way(sharp(source))[format]().toBuffer();
    has[name] = bytes.includes('Jane Doe') && (await sharp(bytes).metadata()).exif !== undefined;
    asSaid &&= has[name] === (format !== 'tiff');
  }
  const all = await sharp(await sharp(source).keepMetadata()[format]().toBuffer()).metadata();
  console.log(format, { exif: has, xmp: all.xmp !== undefined, icc: all.icc !== undefined });
  if (format === 'tiff') asSaid &&= all.xmp !== undefined && all.icc !== undefined;
}
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
