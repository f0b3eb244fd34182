#!/usr/bin/env bash
# An AVIF whose colours are stored multiplied by their opacity: sharp hands them over as they are, and says nothing.
#
# Version:     sharp 0.35.5 (libvips 8.18.7, prebuilt binary); avifenc 0.11.1 (Debian 12: libavif-bin 0.11.1-1+deb12u1)
# Most guess:  as with a TIFF that says so (ExtraSamples 1), the colours are divided by the opacity on reading: raw pixels are straight
# Seen:        a picture of one colour, 200 100 50, at an opacity of 25 % comes back as it went in when the file was made straight. Made
#              with `--premultiply` (a `prem` reference beside the `auxl` one) it comes back at a quarter: 50 25 13. Format, depth, channels
#              and hasAlpha of both are equal, so that a caller can not tell; composited on anything, edges come out dark
# Source:      MIAF (ISO/IEC 23000-22) defines the `prem` reference between items; sharp's documentation of raw() speaks of premultiplied input only.
#              Run here, losslessly
#
# Exits 0 while this is what happens, 1 when it changes. Takes the encoder out of Debian's package, which it does not install.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
encoder=$(command -v avifenc || true)
if [ -z "$encoder" ] || ! dpkg -s libavif-bin 2>/dev/null | grep -q '^Version: 0.11.1-1+deb12u1'; then
  apt-get download libavif-bin=0.11.1-1+deb12u1 >/dev/null
  dpkg -x libavif-bin_*.deb tool
  encoder=$work/tool/usr/bin/avifenc
fi
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error sharp@0.35.5
cat > run.mjs <<'JS'
import { execFileSync } from 'node:child_process';
import sharp from 'sharp';
const [, , encoder] = process.argv;
const colour = [200, 100, 50, 64];
const data = Buffer.from(Array.from({ length: 32 * 32 * 4 }, (_, at) => colour[at % 4]));
await sharp(data, { raw: { width: 32, height: 32, channels: 4 } }).png().toFile('straight.png');
const read = async (name, ...flags) => {
  execFileSync(encoder, ['--lossless', ...flags, 'straight.png', name], { stdio: 'ignore' });
  const { data: pixels } = await sharp(name).raw().toBuffer({ resolveWithObject: true });
  const { format, hasAlpha, depth, channels } = await sharp(name).metadata();
  return { first: [...pixels.subarray(0, 4)], metadata: { format, hasAlpha, depth, channels } };
};
const straight = await read('straight.avif');
const multiplied = await read('multiplied.avif', '--premultiply');
console.log(JSON.stringify({ straight, multiplied }));
const near = (a, b) => a.every((value, i) => Math.abs(value - b[i]) <= 1);
const asSaid =
  near(straight.first, colour) &&
  near(multiplied.first, [50, 25, 13, 64]) &&
  JSON.stringify(straight.metadata) === JSON.stringify(multiplied.metadata);
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs "$encoder"
