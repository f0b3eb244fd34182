/** DICOMDIR files made by the tests: records that point to each other and to files. */

export interface DirectoryRecord {
  readonly next?: number;
  readonly lower?: number;
  readonly file?: string;
  readonly inUse?: number;
}

const element = (tag: number, vr: string, value: Buffer, long = false): Buffer => {
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (long) head.writeUInt32LE(value.length, 8);
  else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
};
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const text = (value: string): Buffer =>
  Buffer.from(value.length % 2 ? `${value} ` : value, 'latin1');

/** Numbers of records stand for their offsets; the first is the root's. */
export function dicomdir(records: readonly DirectoryRecord[]): Buffer {
  const meta = Buffer.concat([
    element(0x0002_0002, 'UI', text('1.2.840.10008.1.3.10')),
    element(0x0002_0010, 'UI', Buffer.from('1.2.840.10008.1.2.1\0')),
  ]);
  const head = Buffer.concat([
    ...[Buffer.alloc(128), Buffer.from('DICM')],
    ...[element(0x0002_0000, 'UL', u32(meta.length)), meta],
  ]);
  const itemOf = ({ next = 0, lower = 0, file, inUse = 0xffff }: DirectoryRecord): Buffer => {
    const inside = Buffer.concat([
      element(0x0004_1400, 'UL', u32(next)),
      element(0x0004_1410, 'US', Buffer.from([inUse & 0xff, inUse >>> 8])),
      element(0x0004_1420, 'UL', u32(lower)),
      ...(file === undefined ? [] : [element(0x0004_1500, 'CS', text(file))]),
    ]);
    return Buffer.concat([Buffer.from([0xfe, 0xff, 0, 0xe0]), u32(inside.length), inside]);
  };
  const first = head.length + 12 + 12;
  const offsets: number[] = [];
  let at = first;
  for (const record of records) {
    offsets.push(at);
    at += itemOf(record).length;
  }
  const offset = (record: number | undefined): number => (record ? (offsets[record] ?? 0) : 0);
  const items = records.map((one) =>
    itemOf({ ...one, next: offset(one.next), lower: offset(one.lower) }),
  );
  return Buffer.concat([
    ...[head, element(0x0004_1200, 'UL', u32(first))],
    element(0x0004_1220, 'SQ', Buffer.concat(items), true),
  ]);
}
