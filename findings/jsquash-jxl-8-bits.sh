#!/usr/bin/env bash
# @jsquash/jxl decodes a 16-bit JPEG XL to 8 bits without a word.
#
# Version:     @jsquash/jxl 1.3.0; wasm-vips 0.0.19 writes the file and reads it back as the second opinion
# Most guess:  a decoder of a format whose point is depth returns the depth, or refuses; ImageData says what it holds
# Seen:        a lossless 16-bit ramp of 4,096 levels comes back as a Uint8ClampedArray with at most 256; no option, warning or
#              field tells that eight bits were dropped. wasm-vips returns every level of the same bytes
# Source:      the package's README names neither depth nor the limit; run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error @jsquash/jxl@1.3.0 wasm-vips@0.0.19
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import Vips from 'wasm-vips';
import decode, { init } from '@jsquash/jxl/decode.js';

globalThis.ImageData ??= class { constructor(data, width, height) { Object.assign(this, { data, width, height }); } };
const vips = await Vips({ dynamicLibraries: ['vips-jxl.wasm'] });
const side = 128;
const data = Uint16Array.from({ length: side * side }, (_, at) => (at >> 2) * 16);
const picture = vips.Image.newFromMemory(data, side, side, 1, 'ushort').copy({ interpretation: 'grey16' });
const bytes = picture.writeToBuffer('.jxl', { lossless: true });
const levels = (samples, step = 1) => new Set(samples.filter((_, at) => at % step === 0)).size;
const back = vips.Image.newFromBuffer(bytes);
const second = new Uint16Array(back.extractBand(0).writeToMemory().slice().buffer);

const module = await WebAssembly.compile(readFileSync('node_modules/@jsquash/jxl/codec/dec/jxl_dec.wasm'));
await init(module);
const decoded = await decode(bytes.slice().buffer);
const seen = {
  written: levels(data), wasmVips: levels(second),
  jsquash: { array: decoded.data.constructor.name, levels: levels([...decoded.data], 4), keys: Object.keys(decoded) },
};
console.log(JSON.stringify(seen));
const asSaid = seen.written === 4096 && seen.wasmVips === 4096 && seen.jsquash.array === 'Uint8ClampedArray' && seen.jsquash.levels <= 256;
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
