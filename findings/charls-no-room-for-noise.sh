#!/usr/bin/env bash
# JPEG-LS in WASM: pixels that can not be made smaller are not encoded at all.
#
# Version:     @cornerstonejs/codec-charls 1.2.7 (CharLS 2)
# Most guess:  a lossless encoder takes each picture of a size and depth that it can state; what does not compress comes out a little larger
# Seen:        samples over their whole range fail with an exception that is a bare number, which is no message, as soon as the picture is
#              larger than a thumbnail; the same with the lowest bits alone is encoded and comes back equal. The encoder gives the codec a
#              buffer that it estimates: the size of the pixels and about a kilobyte, and noise takes some percent more than it has
# Costly, for: scans with values of a detector over all bits, phantoms, tests with random pixels: a batch of ten thousand fails on few
# Source:      github.com/team-charls/charls 2.4, `estimated_destination_size` in charls_jpegls_encoder.cpp (pixels and a header, no worst
#              case); ITU-T T.87, A.2.1: a code word may have LIMIT bits, four times the depth of 8; the package, run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error @cornerstonejs/codec-charls@1.2.7
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const create = require('@cornerstonejs/codec-charls/wasmjs');
const wasmBinary = readFileSync(require.resolve('@cornerstonejs/codec-charls/wasm'));
const silent = () => undefined;
const { JpegLSEncoder, JpegLSDecoder } = await create({ wasmBinary, print: silent, printErr: silent });

/** @param bits of each of `depth` bits that are random */
function trip(side, componentCount, depth, bits) {
  const length = side * side * componentCount;
  const samples = depth > 8 ? new Uint16Array(length) : new Uint8Array(length);
  for (let at = 0, state = 1; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    samples[at] = state >>> (32 - bits);
  }
  const bytes = new Uint8Array(samples.buffer);
  const encoder = new JpegLSEncoder();
  encoder
    .getDecodedBuffer({ width: side, height: side, bitsPerSample: depth, componentCount, isSigned: false })
    .set(bytes);
  encoder.setNearLossless(0);
  encoder.setInterleaveMode(componentCount === 1 ? 0 : 2);
  const title = `${side} × ${side} × ${componentCount}, ${bits} random bits of ${depth}`;
  let stream;
  try {
    encoder.encode();
    stream = encoder.getEncodedBuffer().slice();
  } catch (error) {
    console.log(`${title}: thrown, ${typeof error} ${String(error?.message ?? error)}`);
    return 'thrown';
  }
  const decoder = new JpegLSDecoder();
  decoder.getEncodedBuffer(stream.length).set(stream);
  decoder.decode();
  const back = decoder.getDecodedBuffer();
  const equal = bytes.every((value, at) => value === back[at]);
  console.log(`${title}: ${stream.length} bytes of ${bytes.length}, ${equal ? 'equal' : 'changed'}`);
  return equal ? 'equal' : 'changed';
}
const seen = [
  trip(32, 1, 8, 8), trip(256, 1, 8, 6), trip(256, 1, 16, 12),
  trip(256, 1, 8, 8), trip(256, 3, 8, 8), trip(256, 1, 16, 16),
];
console.log(seen.join(' '));
process.exit(seen.slice(0, 3).every((one) => one === 'equal') && seen.slice(3).every((one) => one === 'thrown') ? 0 : 1);
JS
node run.mjs
