#!/usr/bin/env bash
# @itk-wasm/dicom: a CT series with a missing slice becomes an evenly spaced volume, without an error.
#
# Version:     @itk-wasm/dicom 7.6.4 (readImageDicomFileSeriesNode)
# Most guess:  slices at z = 0 2 4 8 10 mm are refused, split, warned about, or keep their places
# Seen:        five slices with one spacing of 2.5 mm: the volume spans 0 to 10 mm, and every inner slice lies at a place where it
#              was not measured (2 -> 2.5, 4 -> 5, 8 -> 7.5). Nothing in the result tells it from a series that really is so spaced
#              The result is the same for the files in any order, which makes it look more trustworthy than it is
# Costs:       distances, volumes and registrations that are wrong by up to half a slice, from a reader that succeeded
# Source:      DICOM PS3.3 C.7.6.2.1.1 (Image Position (Patient) is where a slice is); run here on CT slices made by this script
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error @itk-wasm/dicom@7.6.4
cat > run.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { readImageDicomFileSeriesNode } from '@itk-wasm/dicom';

const long = new Set(['OB', 'OW']);
function element(group, number, vr, value) {
  const body = Buffer.isBuffer(value) ? value : Buffer.from(value.length % 2 ? value + (vr === 'UI' ? '\0' : ' ') : value, 'latin1');
  const head = Buffer.alloc(long.has(vr) ? 12 : 8);
  head.writeUInt16LE(group, 0); head.writeUInt16LE(number, 2); head.write(vr, 4, 'latin1');
  if (long.has(vr)) head.writeUInt32LE(body.length, 8); else head.writeUInt16LE(body.length, 6);
  return Buffer.concat([head, body]);
}
const us = (value) => { const buffer = Buffer.alloc(2); buffer.writeUInt16LE(value); return buffer; };
const side = 16, sopClass = '1.2.840.10008.5.1.4.1.1.2';
/** A CT slice of one value. */
function slice(z, number) {
  const instance = `2.25.77${number}`;
  const meta = Buffer.concat([
    element(2, 1, 'OB', Buffer.from([0, 1])), element(2, 2, 'UI', sopClass), element(2, 3, 'UI', instance),
    element(2, 0x10, 'UI', '1.2.840.10008.1.2.1'), element(2, 0x12, 'UI', '2.25.1'),
  ]);
  const group = Buffer.alloc(4); group.writeUInt32LE(meta.length);
  const pixels = Buffer.alloc(side * side * 2);
  for (let at = 0; at < side * side; at++) pixels.writeInt16LE(100 + number, at * 2);
  return Buffer.concat([
    Buffer.alloc(128), Buffer.from('DICM'), element(2, 0, 'UL', group), meta,
    element(8, 8, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'), element(8, 0x16, 'UI', sopClass), element(8, 0x18, 'UI', instance),
    element(8, 0x20, 'DA', '20240101'), element(8, 0x30, 'TM', '120000'), element(8, 0x60, 'CS', 'CT'),
    element(0x10, 0x10, 'PN', 'Phantom'), element(0x10, 0x20, 'LO', 'P1'), element(0x18, 0x50, 'DS', '2'),
    element(0x20, 0xd, 'UI', '2.25.11'), element(0x20, 0xe, 'UI', '2.25.12'), element(0x20, 0x13, 'IS', String(number)),
    element(0x20, 0x32, 'DS', `0\\0\\${z}`), element(0x20, 0x37, 'DS', '1\\0\\0\\0\\1\\0'), element(0x20, 0x52, 'UI', '2.25.13'),
    element(0x28, 2, 'US', us(1)), element(0x28, 4, 'CS', 'MONOCHROME2'), element(0x28, 0x10, 'US', us(side)), element(0x28, 0x11, 'US', us(side)),
    element(0x28, 0x30, 'DS', '1\\1'), element(0x28, 0x100, 'US', us(16)), element(0x28, 0x101, 'US', us(16)), element(0x28, 0x102, 'US', us(15)),
    element(0x28, 0x103, 'US', us(1)), element(0x28, 0x1052, 'DS', '0'), element(0x28, 0x1053, 'DS', '1'), element(0x7fe0, 0x10, 'OW', pixels),
  ]);
}
const positions = [0, 2, 4, 8, 10];
const names = positions.map((z, at) => { const name = `${process.cwd()}/slice${at + 1}.dcm`; writeFileSync(name, slice(z, at + 1)); return name; });
const read = async (list) => {
  const { outputImage } = await readImageDicomFileSeriesNode({ inputImages: list });
  const { size, spacing, origin } = outputImage;
  return { slices: size[2], spacing: spacing[2], places: Array.from({ length: size[2] }, (_, at) => origin[2] + at * spacing[2]),
    values: Array.from({ length: size[2] }, (_, at) => outputImage.data[at * side * side]) };
};
const given = await read(names), shuffled = await read([names[3], names[0], names[4], names[1], names[2]]);
console.log(JSON.stringify({ stored: positions, given, shuffled }));
const asSaid = given.slices === 5 && Math.abs(given.spacing - 2.5) < 1e-6 && JSON.stringify(given) === JSON.stringify(shuffled)
  && JSON.stringify(given.values) === '[101,102,103,104,105]';
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
