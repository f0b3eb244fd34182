#!/usr/bin/env bash
# A flat 16-bit picture made smaller by sharp is flat no more.
#
# Version:     sharp 0.35.5 (libvips 8.18.7, prebuilt binary)
# Most guess:  a resize of one colour gives that colour, the more exactly the more bits there are
# Seen:        8 bits stay what they are. 16 bits come back as a pattern that repeats over the picture, up to 0.22 % below the value
#              that went in (45,875 becomes 45,774 to 45,853): half a level of 8 bits, where 16 bits were to be kept.
#              The same samples handed in as floats come back exactly
# Source:      libvips reduces integers with fixed-point weights, whose sums are not one at every phase; sharp's documentation of
#              resize() does not speak of it. Run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error sharp@0.35.5
cat > run.mjs <<'JS'
import sharp from 'sharp';
const raw = { width: 200, height: 120, channels: 1 };
/** Least and largest sample of a flat picture after a resize. */
const resized = async (Type, value, space, depth) => {
  const flat = new Type(raw.width * raw.height).fill(value);
  const { data } = await sharp(flat, { raw })
    .resize(64, 38, { fit: 'fill', kernel: 'lanczos3' })
    .toColourspace(space)
    .raw({ depth })
    .toBuffer({ resolveWithObject: true });
  const samples = new Type(data.buffer, data.byteOffset, data.byteLength / Type.BYTES_PER_ELEMENT);
  return { least: Math.min(...samples), most: Math.max(...samples) };
};
const seen = {
  'uint8 179': await resized(Uint8Array, 179, 'b-w', 'uchar'),
  'uint16 45875': await resized(Uint16Array, 45875, 'grey16', 'ushort'),
  'float 45875': await resized(Float32Array, 45875, 'grey16', 'float'),
};
console.log(JSON.stringify(seen, null, 1));
const [eight, sixteen, floats] = Object.values(seen);
const asSaid = eight.least === 179 && eight.most === 179
  && sixteen.most - sixteen.least > 30 && sixteen.least < 45_800
  && floats.least === 45_875 && floats.most === 45_875;
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
