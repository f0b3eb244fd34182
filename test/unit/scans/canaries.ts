/** Values that are easily found again, put into a DICOM file wherever the confidentiality profile does not want one to stay. */
import { attributeOf } from '../../../app/scans/dicom/dictionary.ts';
import { profileRows } from '../../../app/scans/dicom/deidentify/profile-data.ts';
import { parseDicom } from '../../../app/scans/dicom/file.ts';
import { readFile, type Encoding } from '../../../app/scans/dicom/write/elements.ts';

const binary = Buffer.from('c71be942a60d7f83c71be942a60d7f83', 'hex');

/** Eight bytes and more, of each VR. */
const values: Readonly<Record<string, string>> = {
  AS: '077Y\\077Y\\077Y',
  DA: '19770613',
  DS: '7713.1977',
  DT: '19770613071359.1',
  IS: '771319771',
  TM: '071359.771319',
  UI: '1.3.9999.7713.19',
  UR: 'http://canary-canary.example/',
};
const numbers = [
  'AT',
  'FD',
  'FL',
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SL',
  'SS',
  'SV',
  'UL',
  'UN',
];
const isBinary = (vr: string): boolean => [...numbers, 'US', 'UV'].includes(vr);
const word = 'CANARYCANARY';

/** What may be found nowhere. */
export const canaries: readonly Buffer[] = [
  ...[word, 'canary-canary', ...Object.values(values)].map((text) => Buffer.from(text, 'latin1')),
  binary.subarray(0, 8),
  Buffer.from(binary.subarray(0, 8)).swap16(),
  Buffer.from(binary.subarray(0, 8)).swap32(),
  Buffer.from(binary.subarray(0, 8)).swap64(),
];

const long = 'OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' ');

class Maker {
  readonly #encoding: Encoding;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  #numbers(bytes: 2 | 4, ...list: readonly number[]): Buffer {
    const all = Buffer.alloc(bytes * list.length);
    const { littleEndian } = this.#encoding;
    list.forEach((one, at) =>
      littleEndian
        ? all.writeUIntLE(one, at * bytes, bytes)
        : all.writeUIntBE(one, at * bytes, bytes),
    );
    return all;
  }

  element(tag: number, vr: string, value: Buffer): Buffer {
    const head = this.#numbers(2, tag >>> 16, tag & 0xffff);
    const even =
      value.length % 2 ? Buffer.concat([value, Buffer.alloc(1, vr === 'UI' ? 0 : 32)]) : value;
    if (!this.#encoding.explicit) return Buffer.concat([head, this.#numbers(4, even.length), even]);
    const kind = Buffer.from(vr, 'latin1');
    return long.includes(vr)
      ? Buffer.concat([head, kind, Buffer.alloc(2), this.#numbers(4, even.length), even])
      : Buffer.concat([head, kind, this.#numbers(2, even.length), even]);
  }

  item(...elements: readonly Buffer[]): Buffer {
    const inside = Buffer.concat(elements);
    return Buffer.concat([
      this.#numbers(2, 0xfffe, 0xe000),
      this.#numbers(4, inside.length),
      inside,
    ]);
  }

  canary(tag: number, vr: string): Buffer {
    if (vr === 'SQ')
      return this.element(
        tag,
        'SQ',
        this.item(this.canary(0x0008_0100, 'SH'), this.canary(0x0008_0104, 'LO')),
      );
    const text = values[vr] ?? word;
    return this.element(tag, vr, isBinary(vr) ? binary : Buffer.from(text, 'latin1'));
  }
}

/** Of the table, of the rules beside it, and one private element of each VR. */
function removable(maker: Maker): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  const put = (tag: number, vr: string): void => void found.set(tag, maker.canary(tag, vr));
  for (const [key, tags] of Object.entries(profileRows))
    for (const tag of tags.split(' ').map((one) => parseInt(one, 16))) {
      // Sequences of references stay; what they refer to is in their items.
      const group = tag >>> 16;
      if (!key.includes('U*') && group > 0x0002) put(tag, attributeOf(tag)?.vr ?? 'LO');
    }
  put(0x0009_0010, 'LO');
  const vrs = ['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'SQ', 'ST', 'UC', 'US', 'UT', 'UV'];
  [...vrs, ...numbers, ...Object.keys(values)].forEach((vr, at) => put(0x0009_1001 + at, vr));
  // An attribute that PS3.6 has not, curves, overlays beyond their data, a name that the table forgets.
  put(0x0010_9998, 'LO');
  for (const tag of [0x5000_2500, 0x5002_2600, 0x6000_0022, 0x6002_1500, 0x601e_3000])
    put(tag, attributeOf(tag)?.vr.replace('ox', 'OW') ?? 'LO');
  put(0x0040_a067, 'PN');
  return found;
}

const sorted = (elements: ReadonlyMap<number, Buffer>): Buffer[] =>
  [...elements].sort(([one], [other]) => one - other).map(([, bytes]) => bytes);

/** The preamble and the file meta, with canaries in what of them says who wrote, sent and received the file (PS3.10, 7.1). */
function headWith(bytes: Buffer, meta: readonly { tag: number; start: number; next: number }[]) {
  const maker = new Maker({ explicit: true, littleEndian: true });
  const all = new Map<number, Buffer>();
  for (const { tag, start, next } of meta) all.set(tag, bytes.subarray(start, next));
  for (const [tag, vr] of [
    ...([[0x0002_0013, 'SH'], [0x0002_0016, 'AE'], [0x0002_0017, 'AE'], [0x0002_0018, 'AE']] as const), // prettier-ignore
    ...([
      [0x0002_0026, 'UR'],
      [0x0002_0027, 'UR'],
      [0x0002_0028, 'UR'],
    ] as const),
    ...([
      [0x0002_0100, 'UI'],
      [0x0002_0102, 'OB'],
    ] as const),
  ])
    all.set(tag, maker.canary(tag, vr));
  all.delete(0x0002_0000);
  const inside = sorted(all);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(inside.reduce((sum, one) => sum + one.length, 0));
  const preamble = Buffer.alloc(128);
  preamble.write(word, 4, 'latin1');
  return Buffer.concat([
    ...[preamble, Buffer.from('DICM', 'latin1')],
    ...[maker.element(0x0002_0000, 'UL', length), ...inside],
  ]);
}

/**
 * The same file, encoded as it is (of a deflated one: inflated), with canaries at its top, in the items of sequences that stay, and in
 * theirs. What it says of its patient and the like is a canary, too.
 */
export function withCanaries(bytes: Buffer, name: string): Buffer {
  const dicom = parseDicom(bytes, name);
  const { meta, elements } = readFile(dicom.bytes, name, dicom.syntax);
  const maker = new Maker(dicom.syntax);
  const inner = removable(maker);
  const innermost = maker.element(0x0040_0440, 'SQ', maker.item(...sorted(inner)));
  const all = new Map<number, Buffer>();
  for (const { tag, start, next } of elements)
    if ((tag & 0xffff) !== 0) all.set(tag, dicom.bytes.subarray(start, next));
  for (const [tag, canary] of inner) all.set(tag, canary);
  inner.set(0x0040_0440, innermost);
  for (const tag of [0x0008_1140, 0x0040_0260])
    all.set(tag, maker.element(tag, 'SQ', maker.item(...sorted(inner))));
  if (dicom.syntax.explicit && dicom.syntax.littleEndian) {
    // Sequences that a program which did not know them wrote as bytes: of undefined length, and of a known one.
    const implicit = new Maker({ explicit: false, littleEndian: true });
    const item = implicit.item(...sorted(removable(implicit)));
    const open = Buffer.from('08004a11554e0000ffffffff', 'hex');
    const end = Buffer.from('feffdde000000000', 'hex');
    all.set(0x0008_114a, Buffer.concat([open, item, end]));
    all.set(0x0008_1250, maker.element(0x0008_1250, 'UN', item));
  }
  return Buffer.concat([headWith(dicom.bytes, meta), ...sorted(all)]);
}
