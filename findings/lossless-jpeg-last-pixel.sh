#!/usr/bin/env bash
# Lossless JPEG (ITU-T T.81, process 14): one npm decoder loses the last pixel of images that end in a flat area.
#
# Version:     jpeg-lossless-decoder-js 2.1.2; its fork @cornerstonejs/jpeg-lossless-decoder-js 2.2.1 beside it
# Most guess:  a decoder of a *lossless* format that is right on a few test images is right on all of them
# Seen:        where the last pixel equals its prediction (flat background, as in most scans) and the entropy-coded bits end
#              on a byte boundary (one such image in eight), so that no padding stands before the EOI marker, the last
#              pixel comes out wrong, without an error; the fork reads the same streams exactly
# Costly, for: a single pixel in the corner of a CT slice is never noticed, and checksums of the archive no longer match
# Source:      ITU-T T.81 annex H (lossless mode of operation), B.1.1.5 (only an incomplete last byte is padded);
#              both packages' decoders, run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error \
  jpeg-lossless-decoder-js@2.1.2 @cornerstonejs/jpeg-lossless-decoder-js@2.2.1
cat > run.mjs <<'JS'
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const first = require('jpeg-lossless-decoder-js');
const fork = require('@cornerstonejs/jpeg-lossless-decoder-js');

/** One component, 16 bits, predictor 1 (left neighbour), one Huffman table of 5-bit codes for the categories 0 to 16. */
function encode(samples, width, height) {
  const bytes = [];
  const marker = (code, body) => {
    bytes.push(0xff, code, (body.length + 2) >> 8, (body.length + 2) & 255, ...body);
  };
  bytes.push(0xff, 0xd8);
  marker(0xc3, [16, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
  const counts = Array(16).fill(0);
  counts[4] = 17;
  marker(0xc4, [0x00, ...counts, ...Array(17).keys()]);
  marker(0xda, [1, 1, 0x00, 1, 0, 0]);
  let held = 0, length = 0, bits = 0;
  const put = (value, count) => {
    bits += count;
    for (let at = count - 1; at >= 0; at--) {
      held = (held << 1) | ((value >> at) & 1);
      if (++length === 8) {
        bytes.push(held);
        if (held === 0xff) bytes.push(0);
        held = length = 0;
      }
    }
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const predicted = x > 0 ? samples[at - 1] : y > 0 ? samples[at - width] : 1 << 15;
      const difference = (samples[at] - predicted) << 16 >> 16;
      const category = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
      put(category, 5);
      if (category > 0 && category < 16)
        put(difference < 0 ? difference + (1 << category) - 1 : difference, category);
    }
  const aligned = bits % 8 === 0;
  const flatEnd = samples.at(-1) === samples.at(-2);
  while (length !== 0) put(1, 1);
  bytes.push(0xff, 0xd9);
  return { data: Uint8Array.from(bytes), affected: aligned && flatEnd };
}

const decode = (library, data) => {
  const decoder = new library.Decoder();
  const buffer = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  return new Uint16Array(decoder.decompress(buffer, 0, buffer.byteLength));
};

let seed = 7;
const random = () => (seed = (seed * 1664525 + 1013904223) >>> 0) / 2 ** 32;
const tally = { images: 0, affected: 0, firstWrong: 0, firstWrongElsewhere: 0, onlyLast: 0, forkWrong: 0 };
for (let image = 0; image < 800; image++) {
  const width = 8 + (image % 9), height = 8;
  let level = 1000;
  const samples = Uint16Array.from({ length: width * height }, () => (level += random() < 0.5 ? 0 : Math.round((random() - 0.5) * 60)));
  const { data, affected } = encode(samples, width, height);
  const different = (decoded) => [...samples.keys()].filter((at) => decoded[at] !== samples[at]);
  tally.images++;
  if (affected) tally.affected++;
  const ours = different(decode(first, data));
  if (ours.length > 0) {
    if (affected) tally.firstWrong++; else tally.firstWrongElsewhere++;
    if (ours.length === 1 && ours[0] === samples.length - 1) tally.onlyLast++;
  }
  if (different(decode(fork, data)).length > 0) tally.forkWrong++;
}
console.log(tally);
const asSaid = tally.affected > 10 && tally.firstWrong === tally.affected
  && tally.firstWrongElsewhere === 0 && tally.onlyLast === tally.firstWrong && tally.forkWrong === 0;
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
