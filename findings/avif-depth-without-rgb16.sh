#!/usr/bin/env bash
# AVIF of 10 and 12 bits through sharp: the file says 10 or 12 bits, and holds 8-bit data.
#
# Version:     sharp 0.35.5 (libvips 8.18.7, prebuilt binary)
# Most guess:  16-bit pixels in, avif({ bitdepth: 12 }) out: the file holds twelve of the sixteen bits
# Seen:        without toColourspace('rgb16') the pixels pass through 8 bits on their way to the encoder. A ramp of 4,096 levels
#              comes back with no more than 256 of them, from a file that is marked 10 or 12 bits; with toColourspace('rgb16')
#              it keeps most of them
# Source:      sharp's documentation of avif() and toColourspace() does not connect the two; run here, losslessly, so that the
#              coder can not be what loses the levels
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error sharp@0.35.5
cat > run.mjs <<'JS'
import sharp from 'sharp';
const width = 256, height = 256;
/** A ramp of 4,096 levels, gray in three channels. */
const data = new Uint16Array(width * height * 3);
for (let at = 0; at < width * height; at++) data.fill((at >> 4) * 16, at * 3, at * 3 + 3);
const input = { raw: { width, height, channels: 3, premultiplied: false } };
const levels = async (bitdepth, space) => {
  let chain = sharp(data, input);
  if (space) chain = chain.toColourspace(space);
  const file = await chain.avif({ bitdepth, lossless: true, chromaSubsampling: '4:4:4', effort: 2 }).toBuffer();
  const { bitsPerSample, depth } = await sharp(file).metadata();
  const back = await sharp(file).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
  const samples = new Uint16Array(back.buffer, back.byteOffset, back.byteLength / 2);
  const seen = new Set();
  for (let at = 1; at < samples.length; at += 3) seen.add(samples[at]);
  return { marked: bitsPerSample ?? depth, levels: seen.size };
};
const seen = {};
for (const bits of [10, 12]) seen[bits] = { plain: await levels(bits), rgb16: await levels(bits, 'rgb16') };
console.log(JSON.stringify(seen, null, 1));
const asSaid = seen[10].plain.levels <= 256 && seen[12].plain.levels <= 256
  && seen[10].rgb16.levels > 900 && seen[12].rgb16.levels > 3000;
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
