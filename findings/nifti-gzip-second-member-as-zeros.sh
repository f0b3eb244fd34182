#!/usr/bin/env bash
# NIfTI in gzip (.nii.gz): of a file of several gzip members the JavaScript reader's decompress() gives the first one and zeros, decompressAsync() all.
#
# Version:     nifti-reader-js 0.8.0 (fflate 0.8.3), Node's zlib beside it
# Most guess:  decompress() and decompressAsync() give the same bytes; fflate reads gzip files of several members since 0.8.0
# Seen:        a volume compressed in two members (as block-wise and parallel compressors write, and as joining two files does) comes back from
#              decompress() as long as the last member's length field says, with nothing but zeros behind the first member: the header
#              reads well, the picture is short and partly zero, and nothing is thrown. decompressAsync(), fflate's stream and Node's
#              gunzipSync() give every byte. fflate reads several members in its streams only; its one-call functions, which the
#              reader uses where it does not wait, take the size of the answer from the last four bytes of the file
# Right:       RFC 1952, section 2.2: "A gzip file consists of a series of members (compressed data sets)", simply one after another
# Source:      RFC 1952; github.com/101arrowz/fflate/issues/102 (several members, released in 0.8.0); both packages, run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error nifti-reader-js@0.8.0 fflate@0.8.3
cat > run.mjs <<'JS'
import { gunzipSync, gzipSync } from 'node:zlib';
import { Gunzip } from 'fflate';
import * as imported from 'nifti-reader-js';

const nifti = imported.default ?? imported;
const SIDE = 16, HEADER = 352;

/** 16 x 16 x 16 voxels of int16, each its own number plus one: none is zero. */
const volume = Buffer.alloc(HEADER + 2 * SIDE ** 3);
volume.writeInt32LE(348, 0);
[3, SIDE, SIDE, SIDE, 1, 1, 1, 1].forEach((value, i) => volume.writeInt16LE(value, 40 + 2 * i));
volume.writeInt16LE(4, 70);
volume.writeInt16LE(16, 72);
[1, 1, 1, 1].forEach((value, i) => volume.writeFloatLE(value, 76 + 4 * i));
volume.writeFloatLE(HEADER, 108);
volume.write('n+1\0', 344, 'latin1');
for (let i = 0; i < SIDE ** 3; i++) volume.writeInt16LE(i + 1, HEADER + 2 * i);

const cut = 4000;
const members = [volume.subarray(0, cut), volume.subarray(cut)].map((part) => gzipSync(part));
const file = new Uint8Array(Buffer.concat(members)).buffer;

const atOnce = nifti.decompress(file);
const waited = await nifti.decompressAsync(file);
let streamed = 0;
new Gunzip((chunk) => (streamed += chunk.length)).push(new Uint8Array(file), true);
const behind = new Uint8Array(atOnce).subarray(cut);
const picture = nifti.readImage(nifti.readHeader(atOnce), atOnce);

const seen = {
  bytes: volume.length,
  zlib: gunzipSync(new Uint8Array(file)).length,
  fflateStream: streamed,
  decompressAsync: waited.byteLength,
  decompress: atOnce.byteLength,
  zerosBehindTheFirstMember: behind.every((value) => value === 0),
  bytesOfThePicture: picture.byteLength,
  ofThePicture: 2 * SIDE ** 3,
};
console.log(seen);
const asSaid =
  [seen.zlib, seen.fflateStream, seen.decompressAsync].every((length) => length === volume.length) &&
  Buffer.from(waited).equals(volume) &&
  seen.decompress === volume.length - cut &&
  behind.length > 0 && seen.zerosBehindTheFirstMember &&
  seen.bytesOfThePicture < seen.ofThePicture;
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
