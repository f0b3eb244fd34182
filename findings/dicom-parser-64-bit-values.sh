#!/usr/bin/env bash
# DICOM, explicit VR: one element of 64-bit values (OV, SV, UV) makes dicom-parser lose the rest of a valid file.
#
# Version:     dicom-parser 1.8.21; dcmjs 0.49.4 beside it reads the same bytes
# Most guess:  a parser that does not know a value representation still finds the next element: its length stands in the file
# Seen:        OV, SV and UV have been representations with a length of four bytes, behind two reserved ones, since 2019; the parser has a fixed list of such ones
#              without them, takes the two reserved bytes for a length of 0, and reads the true length and the value as
#              elements. What follows is refused, or found under tags that are in no file. Extended Offset Table
#              (7FE0,0001), which large multi-frame objects have right before their pixels, is such an element
# Costly, for: a viewer that is built on the parser calls a valid object of an archive damaged, or shows it without what stood behind
# Source:      PS3.5, 7.1.2 and table 7.1-1 (data elements with explicit VR of OV, SV, UV); PS3.3, C.7.6.3.1.8 (extended offset
#              table); the package's source, run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error dicom-parser@1.8.21 dcmjs@0.49.4
cat > run.mjs <<'JS'
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const dicomParser = require('dicom-parser');
const dcmjs = require('dcmjs');

const long = ['OB', 'OV', 'SV', 'UV', 'OW'];
function element(group, tag, vr, value) {
  const head = Buffer.alloc(long.includes(vr) ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(tag, 2);
  head.write(vr, 4, 'latin1');
  if (head.length === 12) head.writeUInt32LE(value.length, 8);
  else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}
const text = (value, fill = ' ') => Buffer.from(value.length % 2 ? value + fill : value, 'latin1');
/** A data set with one 64-bit element in its middle. */
function file(vr) {
  const meta = [
    element(2, 0x0001, 'OB', Buffer.from([0, 1])),
    element(2, 0x0002, 'UI', text('1.2.840.10008.5.1.4.1.1.7', '\0')),
    element(2, 0x0003, 'UI', text('2.25.1', '\0')),
    element(2, 0x0010, 'UI', text('1.2.840.10008.1.2.1', '\0')),
    element(2, 0x0012, 'UI', text('2.25.2', '\0')),
  ];
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.concat(meta).length);
  return Buffer.concat([
    Buffer.alloc(128), Buffer.from('DICM'),
    element(2, 0x0000, 'UL', length), ...meta,
    element(0x0008, 0x0060, 'CS', text('OT')),
    element(0x0009, 0x0010, 'LO', text('MAKER')),
    element(0x0009, 0x1001, vr, Buffer.from([7, 0, 0, 0, 0, 0, 0, 0])),
    element(0x0020, 0x0011, 'IS', text('42')),
  ]);
}
let holds = true;
for (const vr of ['OV', 'SV', 'UV', 'OB']) {
  const bytes = file(vr);
  let seen;
  try {
    seen = dicomParser.parseDicom(bytes).string('x00200011') ?? 'not there';
  } catch (error) {
    seen = `refused (${String(error.exception ?? error).split('\n')[0].slice(0, 80)})`;
  }
  const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  let other;
  try {
    other = dcmjs.data.DicomMessage.readFile(copy).dict['00200011']?.Value?.[0];
  } catch (error) {
    other = `refused (${error.message})`;
  }
  console.log(`${vr}: (0020,0011) is 42; dicom-parser: ${seen}; dcmjs: ${other}`);
  holds &&= vr === 'OB' ? seen === '42' : seen !== '42';
}
process.exit(holds ? 0 : 1);
JS
node run.mjs
