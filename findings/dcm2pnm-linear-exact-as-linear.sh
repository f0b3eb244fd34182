#!/usr/bin/env bash
# dcmtk: dcm2pnm shows a window of VOI LUT Function LINEAR_EXACT as if it were LINEAR: a value of the standard is unknown to it.
#
# Version:     dcm2pnm of dcmtk 3.6.7 (Debian 12: apt-get install dcmtk)
# Most guess:  the reference toolkit follows each of the three values that PS3.3 defines for (0028,1056), as it follows SIGMOID, or makes no picture
# Seen:        centre 6, width 4 over stored values 0 to 15: LINEAR_EXACT gives the levels of LINEAR at each (0 up to 4, 85, 170, 255 from 7 on),
#              where the standard has 0 up to 4, 64, 128, 191, 255 from 8 on. It ends with 0; a line on stderr says
#              "unknown value for 'VOILUTFunction' (LINEAR_EXACT) ... ignoring"
# Costs:       narrow windows are off by up to a quarter of the scale, and whoever takes this program for the truth mends what is right
# Source:      DICOM PS3.3, C.11.2.1.2.1 (LINEAR: (x - (c - 0.5)) / (w - 1) + 0.5) and C.11.2.1.3.2 (LINEAR_EXACT: (x - c) / w + 0.5); run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
command -v dcm2pnm >/dev/null || { echo 'dcm2pnm is not installed (dcmtk)' >&2; exit 1; }
dcm2pnm --version | head -1
cat > run.mjs <<'JS'
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
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
const [center, width, count] = [6, 4, 16];
const ramp = Buffer.from(Uint16Array.from({ length: count }, (_, i) => i).buffer);
function levels(name) {
  writeFileSync('made.dcm', file([
    element(0x28, 2, 'US', us(1)), element(0x28, 4, 'CS', 'MONOCHROME2'), element(0x28, 0x10, 'US', us(1)), element(0x28, 0x11, 'US', us(count)),
    element(0x28, 0x100, 'US', us(16)), element(0x28, 0x101, 'US', us(12)), element(0x28, 0x102, 'US', us(11)), element(0x28, 0x103, 'US', us(0)),
    element(0x28, 0x1050, 'DS', String(center)), element(0x28, 0x1051, 'DS', String(width)), element(0x28, 0x1056, 'CS', name),
    element(0x7fe0, 0x10, 'OW', ramp),
  ]));
  execFileSync('dcm2pnm', ['+Wi', '1', '+op', 'made.dcm', 'made.pgm']);
  return [...readFileSync('made.pgm').subarray(-count)];
}
const right = (of) => Array.from({ length: count }, (_, x) => Math.round(255 * Math.min(1, Math.max(0, of(x)))));
const linear = right((x) => (x - (center - 0.5)) / (width - 1) + 0.5);
const exact = right((x) => (x - center) / width + 0.5);
const seen = { LINEAR: levels('LINEAR'), LINEAR_EXACT: levels('LINEAR_EXACT'), SIGMOID: levels('SIGMOID') };
console.log('seen', Object.fromEntries(Object.entries(seen).map(([name, one]) => [name, one.join(' ')])));
console.log('standard', { LINEAR: linear.join(' '), LINEAR_EXACT: exact.join(' ') });
const near = (one, other) => one.every((level, i) => Math.abs(level - other[i]) <= 1);
const asSaid = near(seen.LINEAR, linear) && seen.LINEAR_EXACT.join() === seen.LINEAR.join() && !near(seen.LINEAR_EXACT, exact) && seen.SIGMOID.join() !== seen.LINEAR.join();
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
