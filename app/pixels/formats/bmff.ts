/**
 * Puts colour code points, EXIF and XMP into an encoded AVIF: the code points as a property, the others as items of their own (ISO/IEC 14496-12, 8.11; ISO/IEC
 * 23008-12, annex A), without libvips writing the EXIF anew. The payloads go to the end of the
 * file; the meta box grows, so the offsets behind it move along.
 */
import type { ColourCodes } from '../colour/code-points.ts';
import { concatBytes, type ByteSource } from '../metadata/tiff-structure.ts';
import type { OutputBlobs } from './containers.ts';
import type { Edit } from './splice.ts';

export interface Box {
  readonly type: string;
  readonly at: number;
  readonly size: number;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const u16 = (value: number): Uint8Array => new Uint8Array([value >> 8, value & 0xff]);
const u32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value);
  return bytes;
};

const box = (type: string, ...content: Uint8Array[]): Uint8Array => {
  const body = concatBytes(content);
  return concatBytes([u32(body.length + 8), ascii(type), body]);
};

/** Boxes between two offsets. @throws Error for sizes that our encoder does not write */
export function boxes(bytes: Uint8Array, from: number, to: number): Box[] {
  const view = viewOf(bytes);
  const found: Box[] = [];
  for (let at = from; at + 8 <= to;) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > to) throw new Error('the encoder wrote an unexpected box');
    found.push({ type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)), at, size });
    at += size;
  }
  return found;
}

interface NewItem {
  readonly id: number;
  /** The infe box. */
  readonly info: Uint8Array;
  readonly payload: Uint8Array;
}

function newItems(blobs: OutputBlobs, firstId: number): NewItem[] {
  const items: NewItem[] = [];
  const add = (type: string, extra: Uint8Array, payload: Uint8Array): void => {
    const id = firstId + items.length;
    const info = box('infe', u32(0x0200_0000), u16(id), u16(0), ascii(type), extra);
    items.push({ id, info, payload });
  };
  // An Exif item begins with the offset of the TIFF header behind this field.
  if (blobs.exif) add('Exif', ascii('\0'), concatBytes([u32(0), blobs.exif]));
  if (blobs.xmp) add('mime', ascii('\0application/rdf+xml\0'), blobs.xmp);
  return items;
}

/** Edits that add the items. @throws Error for what our encoder does not write */
export async function avifEdits(source: ByteSource, blobs: OutputBlobs): Promise<Edit[]> {
  try {
    return await editsOf(source, blobs);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error('the encoder wrote a box that is cut short', { cause: error });
  }
}

async function editsOf(source: ByteSource, blobs: OutputBlobs): Promise<Edit[]> {
  const { colourCodes = null, mastering = [] } = blobs;
  const hasProperties = colourCodes !== null || mastering.length > 0;
  if (!blobs.exif && !blobs.xmp && !hasProperties) return [];
  const meta = await findMeta(source);
  const bytes = await source.read(meta.at, meta.size);
  const children = boxes(bytes, 12, bytes.length);
  const child = (type: string): Uint8Array => {
    const found = children.find((one) => one.type === type);
    if (!found) throw new Error(`the encoder wrote no ${type} box`);
    return bytes.subarray(found.at, found.at + found.size);
  };
  const primary = viewOf(child('pitm')).getUint16(12);
  const locations = parseLocations(child('iloc'));
  const items = newItems(blobs, Math.max(...locations.items.map(({ id }) => id)) + 1);

  const build = (grown: number): Uint8Array => {
    let payloadAt = source.length + grown + 8;
    const added = items.map(({ id, payload }) => {
      const location = { id, extents: [{ offset: payloadAt, length: payload.length }] };
      payloadAt += payload.length;
      return location;
    });
    const moved = locations.items.map(({ id, extents }) => ({
      id,
      extents: extents.map(({ offset, length }) => ({
        offset: offset > meta.at ? offset + grown : offset,
        length,
      })),
    }));
    const rebuilt = children.map((one) => {
      if (one.type === 'iloc') return writeLocations([...moved, ...added]);
      if (one.type === 'iprp' && hasProperties)
        return withProperties(bytes, children, one, { colourCodes, mastering });
      if (one.type === 'iinf') return extendInfo(child('iinf'), items);
      if (one.type === 'iref') return extendReferences(child('iref'), items, primary);
      return bytes.subarray(one.at, one.at + one.size);
    });
    if (!children.some(({ type }) => type === 'iref'))
      rebuilt.push(extendReferences(box('iref', u32(0)), items, primary));
    return box('meta', u32(0), ...rebuilt);
  };
  // The length does not depend on the offsets, which are 32 bits wide either way.
  const grown = build(0).length - meta.size;
  return [
    { at: meta.at, remove: meta.size, insert: build(grown) },
    ...(items.length > 0
      ? [
          {
            at: source.length,
            remove: 0,
            insert: box('mdat', ...items.map(({ payload }) => payload)),
          },
        ]
      : []),
  ];
}

/** The meta box of the file. @throws Error: there is none */
export async function findMeta(source: ByteSource): Promise<Box> {
  const head = await source.read(0, Math.min(source.length, 64 * 1024));
  let at = 0;
  while (at + 8 <= source.length) {
    const bytes = at + 8 <= head.length ? head.subarray(at, at + 8) : await source.read(at, 8);
    const size = viewOf(bytes).getUint32(0);
    const type = String.fromCharCode(...bytes.subarray(4, 8));
    if (type === 'meta') return { type, at, size };
    if (size < 8) break;
    at += size;
  }
  throw new Error('the encoder wrote no meta box');
}

/**
 * The properties of the primary item (ItemPropertyAssociationBox, ISO/IEC 23008-12, 9.3).
 * @param children of `meta`, whose bytes these are
 * @returns null where it has none; `at`: its associations in the bytes, their count first
 */
export function primaryAssociations(
  meta: Uint8Array,
  children: readonly Box[],
): { readonly properties: readonly Box[]; readonly at: number; readonly wide: boolean } | null {
  const view = viewOf(meta);
  const pitm = children.find(({ type }) => type === 'pitm');
  const iprp = children.find(({ type }) => type === 'iprp');
  if (!pitm || !iprp) return null;
  const primary =
    meta[pitm.at + 8] === 0 ? view.getUint16(pitm.at + 12) : view.getUint32(pitm.at + 12);
  const inside = boxes(meta, iprp.at + 8, iprp.at + iprp.size);
  const ipco = inside.find(({ type }) => type === 'ipco');
  if (!ipco) return null;
  const all = boxes(meta, ipco.at + 8, ipco.at + ipco.size);
  for (const ipma of inside.filter(({ type }) => type === 'ipma')) {
    const large = meta[ipma.at + 8]! > 0;
    const wide = (meta[ipma.at + 11]! & 1) === 1;
    const end = ipma.at + ipma.size;
    let at = ipma.at + 16;
    for (let left = view.getUint32(ipma.at + 12); left > 0 && at + 3 <= end; left--) {
      const id = large ? view.getUint32(at) : view.getUint16(at);
      at += large ? 4 : 2;
      const count = meta[at]!;
      const step = wide ? 2 : 1;
      if (at + 1 + count * step > end) return null;
      if (id === primary) {
        const properties = Array.from({ length: count }, (_, index) => {
          const place = at + 1 + index * step;
          return all[(wide ? view.getUint16(place) & 0x7fff : meta[place]! & 0x7f) - 1];
        });
        return { properties: properties.filter((one) => one !== undefined), at, wide };
      }
      at += 1 + count * step;
    }
  }
  return null;
}

/** Far more than headers of honest files; a damaged one may name any size. */
const MOST_META = 4 * 1024 * 1024;

/**
 * What the meta box of a file says.
 * @param ask of its bytes and the boxes in it
 * @param otherwise where there is none, or it is not to be read: the decoder has its own word on damage
 */
export async function fromMeta<T>(
  source: ByteSource,
  ask: (meta: Uint8Array, children: readonly Box[]) => T,
  otherwise: T,
): Promise<T> {
  try {
    const { at, size } = await findMeta(source);
    if (size > MOST_META) return otherwise;
    const meta = await source.read(at, size);
    return ask(meta, boxes(meta, 12, meta.length));
  } catch {
    return otherwise;
  }
}

/** Boxes of what is said of the primary item, without their headers. */
export const primaryProperties = (
  source: ByteSource,
): Promise<readonly { readonly type: string; readonly body: Uint8Array }[]> =>
  fromMeta(
    source,
    (meta, children) =>
      (primaryAssociations(meta, children)?.properties ?? []).map(({ type, at, size }) => ({
        type,
        body: meta.subarray(at + 8, at + size),
      })),
    [],
  );

/** What the picture's properties shall say. */
interface NewProperties {
  readonly colourCodes: ColourCodes | null;
  readonly mastering: readonly { readonly type: string; readonly body: Uint8Array }[];
}

/**
 * The iprp box with more properties of the primary item. Code points stand in the place of those that the encoder stated, whose matrix and
 * range stay; an encoder that states none means the matrix of BT.601 and full range.
 */
function withProperties(
  meta: Uint8Array,
  children: readonly Box[],
  iprp: Box,
  { colourCodes, mastering }: NewProperties,
): Uint8Array {
  const found = primaryAssociations(meta, children);
  if (!found) throw new Error('the encoder wrote no properties of the picture');
  const colr = found.properties.find(
    ({ type, at }) => type === 'colr' && text(meta, at + 8) === 'nclx',
  );
  const bytes = meta.slice();
  const added = mastering.map(({ type, body }) => box(type, body));
  if (colourCodes && colr) {
    viewOf(bytes).setUint16(colr.at + 12, colourCodes.primaries);
    viewOf(bytes).setUint16(colr.at + 14, colourCodes.transfer);
  } else if (colourCodes) {
    const { primaries, transfer } = colourCodes;
    added.push(box('colr', ascii('nclx'), u16(primaries), u16(transfer), u16(6), new Uint8Array([0x80]))); // prettier-ignore
  }
  const inside = boxes(bytes, iprp.at + 8, iprp.at + iprp.size);
  const ipco = inside.find(({ type }) => type === 'ipco')!;
  const before = boxes(bytes, ipco.at + 8, ipco.at + ipco.size).length;
  if (!found.wide && before + added.length > 0x7f)
    throw new Error('the encoder wrote too many properties');
  const numbers = added.map((_, at) => before + 1 + at);
  const parts = inside.map((one) => {
    const part = bytes.subarray(one.at, one.at + one.size);
    if (one.type === 'ipco') return box('ipco', part.subarray(8), ...added);
    if (found.at < one.at || found.at >= one.at + one.size) return part;
    const count = found.at - one.at;
    const end = count + 1 + part[count]! * (found.wide ? 2 : 1);
    return box(
      'ipma',
      part.subarray(8, count),
      new Uint8Array([part[count]! + added.length]),
      part.subarray(count + 1, end),
      ...numbers.map((number) => (found.wide ? u16(number) : new Uint8Array([number]))),
      part.subarray(end),
    );
  });
  return box('iprp', ...parts);
}

const text = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + 4));

interface Location {
  readonly id: number;
  readonly extents: readonly { readonly offset: number; readonly length: number }[];
}

/** ItemLocationBox, versions 0 and 1, offsets in the file. */
function parseLocations(iloc: Uint8Array): { items: Location[] } {
  const view = viewOf(iloc);
  const version = iloc[8]!;
  const [offsetSize, lengthSize, baseSize] = [iloc[12]! >> 4, iloc[12]! & 15, iloc[13]! >> 4];
  if (version > 1) throw new Error('the encoder wrote an unexpected iloc version');
  let at = 16;
  /** Numbers and extents are what it may hold at most; more would be read from nowhere. */
  let left = iloc.length;
  const number = (size: number): number => {
    if (size === 0) return 0;
    const value = size === 8 ? Number(view.getBigUint64(at)) : view.getUint32(at);
    at += size;
    return value;
  };
  const items = Array.from({ length: view.getUint16(14) }, () => {
    const id = view.getUint16(at);
    at += 2;
    if (version === 1) {
      if ((view.getUint16(at) & 15) !== 0)
        throw new Error('the encoder placed an item outside of the file');
      at += 2;
    }
    at += 2; // data_reference_index
    const base = number(baseSize);
    const count = view.getUint16(at);
    at += 2;
    if ((left -= count) < 0) throw new Error('the encoder wrote an iloc box that is cut short');
    const extents = Array.from({ length: count }, () => {
      const offset = base + number(offsetSize);
      return { offset, length: number(lengthSize) };
    });
    return { id, extents };
  });
  return { items };
}

function writeLocations(items: readonly Location[]): Uint8Array {
  const entries = items.flatMap(({ id, extents }) => [
    u16(id),
    u16(0),
    u16(extents.length),
    ...extents.flatMap(({ offset, length }) => [u32(offset), u32(length)]),
  ]);
  return box('iloc', u32(0), new Uint8Array([0x44, 0x00]), u16(items.length), ...entries);
}

function extendInfo(iinf: Uint8Array, items: readonly NewItem[]): Uint8Array {
  const view = viewOf(iinf);
  if (iinf[8] !== 0) throw new Error('the encoder wrote an unexpected iinf version');
  const count = view.getUint16(12) + items.length;
  return box(
    'iinf',
    iinf.subarray(8, 12),
    u16(count),
    iinf.subarray(14),
    ...items.map(({ info }) => info),
  );
}

function extendReferences(
  iref: Uint8Array,
  items: readonly NewItem[],
  primary: number,
): Uint8Array {
  if (iref[8] !== 0) throw new Error('the encoder wrote an unexpected iref version');
  const references = items.map(({ id }) => box('cdsc', u16(id), u16(1), u16(primary)));
  return box('iref', iref.subarray(8), ...references);
}
