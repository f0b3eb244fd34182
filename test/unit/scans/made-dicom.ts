/** DICOM files made by the tests: explicit little endian, one list of elements, in the order of their tags. */

type Value = string | number | readonly number[] | Uint8Array;
/** `'0028,0010': ['US', 4]`; items of a sequence are such lists. */
export type Elements = Readonly<Record<string, readonly [string, Value | readonly Elements[]]>>;

const long = ['OB', 'OW', 'SQ', 'UN', 'UT', 'OF', 'OD', 'OV', 'SV', 'UV', 'UC', 'UR'];
const numbers: Readonly<Record<string, readonly [number, 'writeUInt16LE' | 'writeInt16LE']>> = {
  US: [2, 'writeUInt16LE'],
  SS: [2, 'writeInt16LE'],
};

function valueOf(vr: string, value: Value | readonly Elements[]): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  const number = numbers[vr];
  if (number) {
    const list = (Array.isArray(value) ? value : [value]) as number[];
    const bytes = Buffer.alloc(list.length * number[0]);
    list.forEach((one, i) => bytes[number[1]](one, i * number[0]));
    return bytes;
  }
  if (Array.isArray(value))
    return Buffer.concat(
      (value as readonly Elements[]).map((item) => {
        const content = encode(item);
        const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
        head.writeUInt32LE(content.length, 4);
        return Buffer.concat([head, content]);
      }),
    );
  const text = Buffer.from(String(value), 'latin1');
  return text.length % 2 ? Buffer.concat([text, Buffer.from(vr === 'UI' ? '\0' : ' ')]) : text;
}

function encode(elements: Elements): Buffer {
  const parts = Object.entries(elements)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([tag, [vr, value]]) => {
      const bytes = valueOf(vr, value);
      const head = Buffer.alloc(long.includes(vr) ? 12 : 8);
      head.writeUInt16LE(parseInt(tag.slice(0, 4), 16), 0);
      head.writeUInt16LE(parseInt(tag.slice(5), 16), 2);
      head.write(vr, 4, 'latin1');
      if (head.length === 12) head.writeUInt32LE(bytes.length, 8);
      else head.writeUInt16LE(bytes.length, 6);
      return Buffer.concat([head, bytes]);
    });
  return Buffer.concat(parts);
}

/** A file of PS3.10 with what an image needs; `elements` come on top, or in the place of these. */
export function madeDicom(
  elements: Elements = {},
  words: ArrayBufferView = new Uint16Array(12),
): Buffer {
  const meta = encode({
    '0002,0002': ['UI', '1.2.840.10008.5.1.4.1.1.2'],
    '0002,0003': ['UI', '1.2.3.4'],
    '0002,0010': ['UI', '1.2.840.10008.1.2.1'],
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  // UL is of the short kind.
  const groupLength = Buffer.concat([Buffer.from([2, 0, 0, 0]), Buffer.from('UL\x04\0'), length]);
  const data = encode({
    '0008,0016': ['UI', '1.2.840.10008.5.1.4.1.1.2'],
    '0008,0018': ['UI', '1.2.3.4'],
    '0008,0060': ['CS', 'CT'],
    '0028,0002': ['US', 1],
    '0028,0004': ['CS', 'MONOCHROME2'],
    '0028,0010': ['US', 3],
    '0028,0011': ['US', 4],
    '0028,0100': ['US', 16],
    '0028,0101': ['US', 12],
    '0028,0102': ['US', 11],
    '0028,0103': ['US', 0],
    ...elements,
    '7fe0,0010': [
      'OW',
      new Uint8Array(words.buffer as ArrayBuffer, words.byteOffset, words.byteLength),
    ],
  });
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), groupLength, meta, data]);
}
