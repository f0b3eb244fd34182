#!/usr/bin/env bash
# dcmjs: its anonymizer empties what stands at the top of a file under names of its own list, and leaves the patient's name everywhere else.
#
# Version:     dcmjs 0.52.2
# Most guess:  anonymizer.cleanTags() with its default list of 221 names does what its name says for what these names stand for, in sequences too
# Seen:        - Patient's Name and Requested Procedure Description in an item of Request Attributes Sequence stay
#              - Operators' Name and Acquisition DateTime stay: the list spells them OperatorName and AcquisitionDatetime, which are no keywords of
#                PS3.6, and names that match nothing are passed over without a word
#              - private elements stay
#              Patient's Name, ID and birth date at the top are emptied, so that a look at the result shows nothing
# Costs:       files with names in them are given away as anonymous
# Source:      DICOM PS3.15 annex E (E.1.1: items of sequences are part of the data set), PS3.6 (0008,1070 OperatorsName, 0008,002A AcquisitionDateTime);
#              run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error dcmjs@0.52.2
cat > run.mjs <<'JS'
import { createRequire } from 'node:module';
const dcmjs = createRequire(import.meta.url)('dcmjs');
dcmjs.log?.setLevel?.('silent');
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
function file(elements) {
  const meta = Buffer.concat([
    element(2, 1, 'OB', Buffer.from([0, 1])), element(2, 2, 'UI', sopClass), element(2, 3, 'UI', instance),
    element(2, 0x10, 'UI', '1.2.840.10008.1.2.1'), element(2, 0x12, 'UI', '2.25.1'),
  ]);
  const data = [element(8, 0x16, 'UI', sopClass), element(8, 0x18, 'UI', instance), ...elements];
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(2, 0, 'UL', ul(meta.length)), meta, ...data]);
}
const item = (body) => Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0]), ul(body.length), body]);
const request = item(Buffer.concat([element(0x10, 0x10, 'PN', 'Nested^Name'), element(0x32, 0x1060, 'LO', 'Knee of Jane Doe')]));
const bytes = file([
  element(8, 0x2a, 'DT', '20200101101010'), element(8, 0x1070, 'PN', 'Oper^Ator'),
  element(9, 0x10, 'LO', 'MAKER'), element(9, 0x1001, 'LO', 'Private^Name'),
  element(0x10, 0x10, 'PN', 'Doe^Jane'), element(0x10, 0x20, 'LO', 'ID-17'), element(0x10, 0x30, 'DA', '19700102'),
  element(0x28, 2, 'US', us(1)), element(0x28, 4, 'CS', 'MONOCHROME2'), element(0x28, 0x10, 'US', us(2)), element(0x28, 0x11, 'US', us(2)),
  element(0x28, 0x100, 'US', us(8)), element(0x28, 0x101, 'US', us(8)), element(0x28, 0x102, 'US', us(7)), element(0x28, 0x103, 'US', us(0)),
  element(0x40, 0x275, 'SQ', request), element(0x7fe0, 0x10, 'OB', Buffer.alloc(4)),
]);
const dicom = dcmjs.data.DicomMessage.readFile(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
dcmjs.anonymizer.cleanTags(dicom.dict);
const written = Buffer.from(dicom.write());
const stays = (...texts) => Object.fromEntries(texts.map((text) => [text, written.includes(text)]));
const top = stays('Doe^Jane', 'ID-17', '19700102');
const left = stays('Nested^Name', 'Knee of Jane Doe', 'Oper^Ator', '20200101101010', 'Private^Name');
const names = dcmjs.anonymizer.getTagsNameToEmpty();
const misspelt = ['OperatorName', 'AcquisitionDatetime'].every((name) => names.includes(name)) && !names.includes('OperatorsName') && !names.includes('AcquisitionDateTime');
console.log({ emptied: top, left, names: names.length, misspelt });
const asSaid = Object.values(top).every((there) => !there) && Object.values(left).every((there) => there) && misspelt;
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
