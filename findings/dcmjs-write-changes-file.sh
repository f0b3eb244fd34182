#!/usr/bin/env bash
# dcmjs: reading a DICOM file and writing it again, with nothing changed, gives another file.
#
# Version:     dcmjs 0.52.2
# Most guess:  DicomMessage.readFile() followed by write() returns what was read, or at least a valid file of the same content
# Seen:        - a file of the Deflated transfer syntax (1.2.840.10008.1.2.1.99) is written without deflating, still under that UID:
#                readers that trust the UID can not inflate it
#              - an RLE frame of 30 kB in one fragment, as PS3.5 demands, comes back in several fragments of at most 20 KiB
#              - an empty Pixel Padding Value (US, length 0: "not known") comes back as the number 0, which is a value of real pixels
# Costs:       derived objects that an archive refuses, or that it takes and nobody can show
# Source:      DICOM PS3.5 A.5 (deflated), A.4.2 (RLE: each frame in exactly one fragment), 7.4 (empty values); run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error dcmjs@0.52.2
cat > run.mjs <<'JS'
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { createRequire } from 'node:module';
const dcmjs = createRequire(import.meta.url)('dcmjs');
dcmjs.log?.setLevel?.('silent');
const { DicomMessage } = dcmjs.data;

const long = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);
/** One element, explicit VR little endian. */
function element(group, number, vr, value) {
  const body = Buffer.isBuffer(value) ? value : Buffer.from(value.length % 2 ? value + (vr === 'UI' ? '\0' : ' ') : value, 'latin1');
  const head = Buffer.alloc(long.has(vr) ? 12 : 8);
  head.writeUInt16LE(group, 0); head.writeUInt16LE(number, 2); head.write(vr, 4, 'latin1');
  if (long.has(vr)) head.writeUInt32LE(body.length, 8); else head.writeUInt16LE(body.length, 6);
  return Buffer.concat([head, body]);
}
const us = (value) => { const buffer = Buffer.alloc(2); buffer.writeUInt16LE(value); return buffer; };
const ul = (value) => { const buffer = Buffer.alloc(4); buffer.writeUInt32LE(value); return buffer; };
const sopClass = '1.2.840.10008.5.1.4.1.1.7', instance = '2.25.1234567890';
function file(transferSyntax, rest, deflated = false) {
  const meta = Buffer.concat([
    element(2, 1, 'OB', Buffer.from([0, 1])), element(2, 2, 'UI', sopClass), element(2, 3, 'UI', instance),
    element(2, 0x10, 'UI', transferSyntax), element(2, 0x12, 'UI', '2.25.1'),
  ]);
  const data = Buffer.concat([element(8, 0x16, 'UI', sopClass), element(8, 0x18, 'UI', instance), ...rest]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(2, 0, 'UL', ul(meta.length)), meta, deflated ? deflateRawSync(data) : data]);
}
const size = 200;
const image = [
  element(0x28, 2, 'US', us(1)), element(0x28, 4, 'CS', 'MONOCHROME2'), element(0x28, 0x10, 'US', us(size)), element(0x28, 0x11, 'US', us(size)),
  element(0x28, 0x100, 'US', us(8)), element(0x28, 0x101, 'US', us(8)), element(0x28, 0x102, 'US', us(7)), element(0x28, 0x103, 'US', us(0)),
];
const again = (buffer) => {
  const arrayBuffer = buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length);
  return Buffer.from(DicomMessage.readFile(arrayBuffer).write());
};
/** Where the data set begins, after the file meta information. */
const dataStart = (buffer) => 132 + 12 + buffer.readUInt32LE(140);

// 1. Deflated.
const pixels = element(0x7fe0, 0x10, 'OW', Buffer.alloc(size * size, 7));
const deflated = again(file('1.2.840.10008.1.2.1.99', [...image, pixels], true));
let inflates = true;
try { inflateRawSync(deflated.subarray(dataStart(deflated))); } catch { inflates = false; }
const stillSaysDeflated = deflated.includes('1.2.840.10008.1.2.1.99');

// 2. RLE: header of 64 bytes (one segment at 64), then literal runs of up to 128 bytes (PS3.5 annex G).
const header = Buffer.alloc(64); header.writeUInt32LE(1, 0); header.writeUInt32LE(64, 4);
const runs = [];
for (let left = size * size, at = 0; left > 0; left -= 128, at++)
  runs.push(Buffer.concat([Buffer.from([Math.min(left, 128) - 1]), Buffer.alloc(Math.min(left, 128), at & 255)]));
let frame = Buffer.concat([header, ...runs]);
if (frame.length % 2) frame = Buffer.concat([frame, Buffer.alloc(1)]);
const item = (body) => Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0]), ul(body.length), body]);
const encapsulated = Buffer.concat([
  Buffer.from([0xe0, 0x7f, 0x10, 0x00]), Buffer.from('OB\0\0'), Buffer.from([255, 255, 255, 255]),
  item(Buffer.alloc(0)), item(frame), Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]),
]);
const fragments = (buffer) => {
  let at = buffer.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00])) + 12;
  const lengths = [];
  while (buffer.readUInt16LE(at + 2) === 0xe000) { const length = buffer.readUInt32LE(at + 4); lengths.push(length); at += 8 + length; }
  return lengths.slice(1);
};
const rleSource = file('1.2.840.10008.1.2.5', [...image, encapsulated]);
const before = fragments(rleSource), after = fragments(again(rleSource));

// 3. Pixel Padding Value, empty.
const padded = again(file('1.2.840.10008.1.2.1', [...image, element(0x28, 0x120, 'US', Buffer.alloc(0)), pixels]));
const at = padded.indexOf(Buffer.from([0x28, 0x00, 0x20, 0x01]));
const padding = { length: padded.readUInt16LE(at + 6), value: padded.readUInt16LE(at + 6) === 2 ? padded.readUInt16LE(at + 8) : null };

console.log({ deflated: { stillSaysDeflated, inflates }, rleFragments: { before: before.length, after: after.length, sizes: after }, emptyPadding: padding });
const asSaid = stillSaysDeflated && !inflates && before.length === 1 && after.length > 1 && padding.length === 2 && padding.value === 0;
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
