#!/usr/bin/env bash
# NIfTI-2: a header that nifti-reader-js has read and writes again has a magic that no other reader knows.
#
# Version:     nifti-reader-js 0.8.0
# Most guess:  readHeader(file).toArrayBuffer() gives the bytes of the header that was read, or another valid one
# Seen:        the eight bytes "n+2\0\r\n\x1a\n" become "n+2\r\n\x1a\n\0": the zero in the middle is lost, and the line ends that tell a transfer as
#              text are one byte too early. Its own isNIFTI2() looks at the first three bytes alone and takes it
# Costs:       files that their own program opens, and no reader that compares all eight bytes
# Source:      NIfTI-2 header (nifti2.h: char magic[8], "n+2\0\r\n\032\n"); run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error nifti-reader-js@0.8.0
cat > run.mjs <<'JS'
import * as nifti from 'nifti-reader-js';
const magic = Buffer.from('n+2\0\r\n\x1a\n', 'latin1');
/** 540 bytes of header, 4 of extension flag, 2 x 2 x 4 voxels of int16. */
const bytes = Buffer.alloc(544 + 2 * 16);
bytes.writeInt32LE(540, 0);
magic.copy(bytes, 4);
bytes.writeInt16LE(4, 12);
bytes.writeInt16LE(16, 14);
[3n, 2n, 2n, 4n, 1n, 1n, 1n, 1n].forEach((size, i) => bytes.writeBigInt64LE(size, 16 + 8 * i));
[1, 1, 1, 1, 1, 1, 1, 1].forEach((size, i) => bytes.writeDoubleLE(size, 104 + 8 * i));
bytes.writeBigInt64LE(544n, 168);
const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const header = nifti.readHeader(file);
const again = Buffer.from(header.toArrayBuffer());
const written = again.subarray(4, 12);
console.log({ read: header.dims, magic: magic.toString('hex'), written: written.toString('hex'), ownReaderTakesIt: nifti.isNIFTI2(header.toArrayBuffer()) });
const asSaid =
  header.dims.slice(0, 4).join() === '3,2,2,4' &&
  written.toString('hex') === Buffer.from('n+2\r\n\x1a\n\0', 'latin1').toString('hex') &&
  nifti.isNIFTI2(header.toArrayBuffer());
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
