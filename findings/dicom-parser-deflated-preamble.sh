#!/usr/bin/env bash
# DICOM, deflated transfer syntax: dicom-parser takes the preamble of the file for its first elements.
#
# Version:     dicom-parser 1.8.21
# Most guess:  what stands in the 128 bytes of the preamble is no matter: PS3.10 leaves them to the application, and files that are a
#              TIFF as well (whole-slide microscopy) or name their maker there are read like all others
# Seen:        of an uncompressed data set that is so; of a deflated one the parser inflates the rest, joins it to the head of the
#              file and reads elements from byte 0 of that. A preamble of zeros looks like elements of tag (0000,0000) and length 0,
#              so that such files come out right, with an element more, and the short head of a TIFF does by luck; a line of text ends
#              the reading with an overrun
# Costly, for: deflated objects are rare, and test files nearly always have an empty preamble, so that tests pass
# Source:      PS3.10, 7.1 (file preamble); PS3.5, A.5 (deflated explicit VR little endian); the package's source, run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error dicom-parser@1.8.21
cat > run.mjs <<'JS'
import { createRequire } from 'node:module';
import { deflateRawSync } from 'node:zlib';
const dicomParser = createRequire(import.meta.url)('dicom-parser');

function element(group, tag, vr, value) {
  const head = Buffer.alloc(vr === 'OB' ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(tag, 2);
  head.write(vr, 4, 'latin1');
  if (vr === 'OB') head.writeUInt32LE(value.length, 8);
  else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}
const text = (value, fill = ' ') => Buffer.from(value.length % 2 ? value + fill : value, 'latin1');
function file(preamble, deflated) {
  const meta = Buffer.concat([
    element(2, 0x0001, 'OB', Buffer.from([0, 1])),
    element(2, 0x0002, 'UI', text('1.2.840.10008.5.1.4.1.1.7', '\0')),
    element(2, 0x0003, 'UI', text('2.25.1', '\0')),
    element(2, 0x0010, 'UI', text(deflated ? '1.2.840.10008.1.2.1.99' : '1.2.840.10008.1.2.1', '\0')),
    element(2, 0x0012, 'UI', text('2.25.2', '\0')),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  const data = Buffer.concat([
    element(0x0008, 0x0060, 'CS', text('OT')),
    element(0x0020, 0x0011, 'IS', text('42')),
  ]);
  const before = Buffer.alloc(128);
  before.write(preamble, 'latin1');
  return Buffer.concat([
    before, Buffer.from('DICM'), element(2, 0, 'UL', length), meta,
    deflated ? deflateRawSync(data) : data,
  ]);
}
function read(bytes) {
  try {
    const dataSet = dicomParser.parseDicom(bytes);
    return dataSet.string('x00200011') ?? 'not there';
  } catch (error) {
    return `refused (${String(error.exception ?? error).slice(0, 70)})`;
  }
}
const seen = {};
for (const [name, preamble] of [['empty', ''], ['of a TIFF', 'II*\0\x08\0\0\0'], ['text', 'Made by a scanner of its own kind']])
  for (const deflated of [false, true]) {
    const value = read(file(preamble, deflated));
    seen[`${name} ${deflated}`] = value;
    console.log(`preamble ${name}, ${deflated ? 'deflated' : 'uncompressed'}: (0020,0011) is 42, read as ${value}`);
  }
const plain = ['empty', 'of a TIFF', 'text'].every((name) => seen[`${name} false`] === '42');
const holds = plain && seen['empty true'] === '42' && seen['text true'] !== '42';
process.exit(holds ? 0 : 1);
JS
node run.mjs
