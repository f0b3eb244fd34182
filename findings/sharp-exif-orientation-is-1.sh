#!/usr/bin/env bash
# sharp: an Orientation that is given with withExif() or withExifMerge() is written as 1, without an error; every other tag of the same call is kept.
#
# Version:     sharp 0.35.5 (libvips 8.18.7)
# Most guess:  withExif({ IFD0: { Orientation: '6', Copyright: '…' } }) writes both tags, as it does Copyright, Software or GPS
# Seen:        JPEG, PNG and WebP have Copyright as given, and Orientation 1. withMetadata({ orientation: 6 }) writes 6
# Why:         before saving, libvips puts the orientation of its image (its own field, 1 where there is none) over that of the EXIF block
# Costs:       a program that copies tags from one file to another through this call gives pictures that lie on their side
# Source:      libvips, foreign/exif.c (the orientation of the image is written over that of the block); sharp, API "Output options"; run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error sharp@0.35.5
cat > run.mjs <<'JS'
import sharp from 'sharp';
const made = () => sharp({ create: { width: 8, height: 4, channels: 3, background: '#336699' } });
const tags = { IFD0: { Orientation: '6', Copyright: 'Jane Doe' } };
let asSaid = true;
for (const format of ['jpeg', 'png', 'webp']) {
  const seen = {};
  for (const call of ['withExif', 'withExifMerge']) {
    const bytes = await made()[call](tags)[format]().toBuffer();
    seen[call] = { orientation: (await sharp(bytes).metadata()).orientation, copyright: bytes.includes('Jane Doe') };
    asSaid &&= seen[call].orientation === 1 && seen[call].copyright;
  }
  const right = await made().withMetadata({ orientation: 6 })[format]().toBuffer();
  seen.withMetadata = (await sharp(right).metadata()).orientation;
  asSaid &&= seen.withMetadata === 6;
  console.log(format, seen);
}
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
