#!/usr/bin/env bash
# JPEG 2000 in WASM: a decoder that has read the header says that the picture is 0 × 0 until it has decoded all of it.
#
# Version:     @cornerstonejs/codec-openjpeg 1.3.6
# Most guess:  after `readHeader()`, `getFrameInfo()` tells width, height, bits and components, so that a limit can be checked before decoding
# Seen:        all are 0 after `readHeader()` and right after `decode()`; no error either way
# Costly, for: "width × height ≤ limit" is then true of every file, and a limit that is checked there lets everything through
# Source:      ITU-T T.800 A.5.1 (SIZ, in the main header, says all of these); the package, run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error @cornerstonejs/codec-openjpeg@1.3.6
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const create = require('@cornerstonejs/codec-openjpeg/wasmjs');
const wasmBinary = readFileSync(require.resolve('@cornerstonejs/codec-openjpeg/wasm'));
const silent = () => undefined;
const { J2KEncoder, J2KDecoder } = await create({ wasmBinary, print: silent, printErr: silent });

const info = { width: 96, height: 80, bitsPerSample: 8, componentCount: 1, isSigned: false };
const encoder = new J2KEncoder();
encoder.getDecodedBuffer(info).set(Uint8Array.from({ length: 96 * 80 }, (_, at) => 128 + 90 * Math.sin(at / 40)));
encoder.setQuality(true, 0);
encoder.encode();
const file = encoder.getEncodedBuffer().slice();
const stream = Buffer.from(file.buffer);
console.log(`SIZ in the file: ${stream.readUInt32BE(8)} × ${stream.readUInt32BE(12)}`);

const decoder = new J2KDecoder();
decoder.getEncodedBuffer(file.length).set(file);
decoder.readHeader();
const before = { ...decoder.getFrameInfo() };
decoder.decode();
const after = { ...decoder.getFrameInfo() };
console.log('after readHeader():', JSON.stringify(before));
console.log('after decode():    ', JSON.stringify(after));
const holds = before.width === 0 && before.height === 0 && after.width === 96 && after.height === 80;
process.exit(holds ? 0 : 1);
JS
node run.mjs
