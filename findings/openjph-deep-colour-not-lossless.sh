#!/usr/bin/env bash
# HTJ2K in WASM: colour of more than 8 bits comes back changed from an encoder that was told to be lossless.
#
# Version:     @cornerstonejs/codec-openjph 2.4.11 (OpenJPH 0.31)
# Most guess:  `setQuality(true, 0)` is reversible for each depth and number of components that the frame's description can state
# Seen:        of three components of 9 to 16 bits nearly all samples change, with no error, whether the colour transform is on or off; one
#              component of 16 bits and three of 8 come back as they were. The encoder is to blame: what it writes of random samples is
#              smaller than they are, which nothing lossless can be
# Costly, for: deep colour of pathology and endoscopy; a round trip of the first frame of gray or 8-bit tests nothing of it
# Source:      github.com/chafey/openjphjs issue 10 (the second and third component are read one and two bytes further on, not samples);
#              ITU-T T.815; the package, run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error @cornerstonejs/codec-openjph@2.4.11
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const create = require('@cornerstonejs/codec-openjph/wasmjs');
const wasmBinary = readFileSync(require.resolve('@cornerstonejs/codec-openjph/wasm'));
const silent = () => undefined;
const { HTJ2KEncoder, HTJ2KDecoder } = await create({ wasmBinary, print: silent, printErr: silent });

const [width, height] = [64, 48];
function trip(bitsPerSample, componentCount, isUsingColorTransform) {
  const length = width * height * componentCount;
  const samples = bitsPerSample > 8 ? new Uint16Array(length) : new Uint8Array(length);
  for (let at = 0, state = 1; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    samples[at] = state >>> (32 - bitsPerSample);
  }
  const encoder = new HTJ2KEncoder();
  encoder
    .getDecodedBuffer({ width, height, bitsPerSample, componentCount, isSigned: false, isUsingColorTransform })
    .set(new Uint8Array(samples.buffer));
  encoder.setQuality(true, 0);
  encoder.encode();
  const stream = encoder.getEncodedBuffer().slice();
  const decoder = new HTJ2KDecoder();
  decoder.getEncodedBuffer(stream.length).set(stream);
  decoder.decode();
  const bytes = decoder.getDecodedBuffer().slice();
  const back = bitsPerSample > 8 ? new Uint16Array(bytes.buffer) : bytes;
  const changed = samples.filter((value, at) => value !== back[at]).length;
  const random = (length * bitsPerSample) / 8;
  console.log(`${componentCount} × ${bitsPerSample} bits${isUsingColorTransform ? ', transformed' : ''}: ${changed} of ${length} samples changed; ${stream.length} bytes for ${random} random ones`);
  return { share: changed / length, smaller: stream.length < random };
}
const right = [trip(16, 1, false), trip(8, 3, false), trip(8, 3, true)];
const wrong = [trip(12, 3, false), trip(16, 3, false), trip(16, 3, true)];
const holds =
  right.every(({ share, smaller }) => share === 0 && !smaller) &&
  wrong.every(({ share, smaller }) => share > 0.9 && smaller);
process.exit(holds ? 0 : 1);
JS
node run.mjs
