// Makes the bundled sample scan: one slice of a public chest CT with the noise that it was taken with, as a DICOM file of its own
// that says nothing of a person. Reproducible: equal input, equal file.
//
//   node build/make-sample-scan.mjs ../shared/data/series/ct-chest-abdomen/000002.dcm
//
// Pixels, their scale and the geometry are the source's; the window is the usual one of soft tissue, where the noise of a thin slice is
// seen. Everything else is new: the elements that PS3.3, A.3 (CT Image IOD) demands, with names that say what it is.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { root } from './build.mjs';
import { importTypeScript } from './import-typescript.mjs';

const input = process.argv[2];
if (!input) {
  console.error('usage: node build/make-sample-scan.mjs <slice of a CT, uncompressed>');
  process.exit(2);
}
const { header, joined, evenValue, explicitLittle, implementationClassUid, PIXEL_DATA } =
  await importTypeScript(`
    export { header, joined, evenValue } from './app/scans/dicom/write/encode.ts';
    export { explicitLittle, PIXEL_DATA } from './app/scans/dicom/write/elements.ts';
    export { implementationClassUid } from './app/scans/dicom/write/uids.ts';
  `);

const source = dicomParser.parseDicom(readFileSync(input));
const text = (tag) => source.string(tag) ?? '';
const number = (tag) => source.uint16(tag);
const rows = number('x00280010');
const columns = number('x00280011');
const pixels = source.elements.x7fe00010;
if (number('x00280100') !== 16 || pixels.length < rows * columns * 2)
  throw new Error('Expected 16 bits per sample, not compressed.');

const short = (value) => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
const piece = (tag, vr, value) => {
  const bytes = evenValue(vr, value);
  return { tag, bytes: Buffer.concat([header(tag, vr, bytes.length, explicitLittle), bytes]) };
};

const ctImage = '1.2.840.10008.5.1.4.1.1.2';
const explicitVr = '1.2.840.10008.1.2.1';
/** UUIDs of version 4 as UIDs (PS3.5, B.2), made for this file. */
const uid = {
  instance: '2.25.187164207533114086203716431026155317011',
  series: '2.25.105928310748270964312846203955143380766',
  study: '2.25.64290117342085516604370193326411087655',
  frame: '2.25.273415508621449076280159350724466101982',
};

const meta = joined([
  piece(0x0002_0001, 'OB', Buffer.from([0, 1])),
  piece(0x0002_0002, 'UI', ctImage),
  piece(0x0002_0003, 'UI', uid.instance),
  piece(0x0002_0010, 'UI', explicitVr),
  piece(0x0002_0012, 'UI', implementationClassUid),
]);
const length = Buffer.alloc(4);
length.writeUInt32LE(meta.length);

const dataSet = joined([
  piece(0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
  piece(0x0008_0016, 'UI', ctImage),
  piece(0x0008_0018, 'UI', uid.instance),
  piece(0x0008_0020, 'DA', '20000101'),
  piece(0x0008_0030, 'TM', ''),
  piece(0x0008_0050, 'SH', ''),
  piece(0x0008_0060, 'CS', 'CT'),
  piece(0x0008_0070, 'LO', ''),
  piece(0x0008_0090, 'PN', ''),
  piece(0x0008_1030, 'LO', 'Sample of Hourglass'),
  piece(0x0008_103e, 'LO', 'From LIDC-IDRI, CC BY 3.0'),
  piece(0x0010_0010, 'PN', 'Sample^Scan'),
  piece(0x0010_0020, 'LO', 'SAMPLE'),
  piece(0x0010_0030, 'DA', ''),
  piece(0x0010_0040, 'CS', ''),
  piece(0x0012_0062, 'CS', 'YES'),
  piece(0x0012_0063, 'LO', 'All elements but pixels and geometry made anew'),
  piece(0x0018_0015, 'CS', 'CHEST'),
  piece(0x0018_0050, 'DS', text('x00180050')),
  piece(0x0018_0060, 'DS', text('x00180060')),
  piece(0x0018_5100, 'CS', text('x00185100')),
  piece(0x0020_000d, 'UI', uid.study),
  piece(0x0020_000e, 'UI', uid.series),
  piece(0x0020_0010, 'SH', ''),
  piece(0x0020_0011, 'IS', '1'),
  piece(0x0020_0012, 'IS', ''),
  piece(0x0020_0013, 'IS', '1'),
  piece(0x0020_0032, 'DS', text('x00200032')),
  piece(0x0020_0037, 'DS', text('x00200037')),
  piece(0x0020_0052, 'UI', uid.frame),
  piece(0x0020_1040, 'LO', ''),
  piece(0x0028_0002, 'US', short(1)),
  piece(0x0028_0004, 'CS', text('x00280004')),
  piece(0x0028_0010, 'US', short(rows)),
  piece(0x0028_0011, 'US', short(columns)),
  piece(0x0028_0030, 'DS', text('x00280030')),
  piece(0x0028_0100, 'US', short(16)),
  piece(0x0028_0101, 'US', short(number('x00280101'))),
  piece(0x0028_0102, 'US', short(number('x00280102'))),
  piece(0x0028_0103, 'US', short(number('x00280103'))),
  piece(0x0028_1050, 'DS', '40'),
  piece(0x0028_1051, 'DS', '400'),
  piece(0x0028_1052, 'DS', text('x00281052')),
  piece(0x0028_1053, 'DS', text('x00281053')),
  piece(0x0028_1054, 'LO', 'HU'),
  piece(
    PIXEL_DATA,
    'OW',
    Buffer.from(
      source.byteArray.buffer,
      source.byteArray.byteOffset + pixels.dataOffset,
      rows * columns * 2,
    ),
  ),
]);

const output = join(root, 'build/sample/sample.dcm');
writeFileSync(
  output,
  Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    piece(0x0002_0000, 'UL', length).bytes,
    meta,
    dataSet,
  ]),
);
console.log(`${output}: ${columns} × ${rows}`);
