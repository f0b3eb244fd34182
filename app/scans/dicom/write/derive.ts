/**
 * What of an object's elements changes when its pixels were processed, for every SOP class alike but for the rules in `iods.ts` and
 * for objects with functional groups, which say in them what others say at the top (PS3.3, C.7.6.1.1.3, C.7.6.16.2.6).
 * `changes` is the whole list: an element that is not in it is copied byte by byte.
 */
import { timeOfId } from '../../../contract/timed-id.ts';
import { code } from './code.ts';
import { joined, type ElementWriter, type Piece } from './encode.ts';
import type { Element, Item } from './elements.ts';
import { secondValueOf } from './iods.ts';
import { derivedUid, timeOfRun } from './uids.ts';

/** What a derived object is made from. */
export interface Deriving {
  /** Of the data set, by their tags. */
  readonly elements: ReadonlyMap<number, Element>;
  readonly bytes: Buffer;
  readonly writer: ElementWriter;
  readonly sopClass: string;
  /** SOP Instance UID of the source; empty: it has none, and can not be referred to. */
  readonly sopInstance: string;
  /** What stands for the source where UIDs are derived: its own, or its content. */
  readonly sourceKey: string;
  /** Hash of its file: two files of one SOP Instance UID become two objects, unless they are the same, byte for byte. */
  readonly content: string;
  readonly run: string;
  /** "Hourglass 0.1.0" */
  readonly software: string;
  /** What was done to all frames, and to each. */
  readonly action: string;
  readonly frameActions: readonly string[];
  /** Of each frame: a pixel is another one. What was not changed was not smoothed. */
  readonly frameChanged: readonly boolean[];
  /** Cleaning was asked for, whether or not this object had something to be cleaned. */
  readonly cleans: boolean;
  /** What the pixels need to be described by, where that is not what the source says. */
  readonly pixels: readonly Piece[];
}

export interface Change {
  readonly tags: readonly number[];
  /** Key of the words that the manual has for it. */
  readonly id: string;
  /** What stands there now; null: nothing. */
  readonly made: (from: Deriving) => Piece | null;
  /** Absent: always. */
  readonly when?: (from: Deriving) => boolean;
}

const SHARED_GROUPS = 0x5200_9229;
const FRAME_GROUPS = 0x5200_9230;
const DERIVATION_IMAGE = 0x0008_9124;
const FRAME_TYPE = 0x0008_9007;
const DESCRIPTION = 0x0008_2111;
const CODES = 0x0008_9215;
const SOURCES = 0x0008_2112;

const isFunctional = ({ elements }: Deriving): boolean =>
  !!elements.get(FRAME_GROUPS)?.items?.length || !!elements.get(SHARED_GROUPS)?.items?.length;
const isPlain = (from: Deriving): boolean => !isFunctional(from);

/** A value without what pads it. */
function valueOf({ bytes }: Pick<Deriving, 'bytes'>, element: Element | undefined): Buffer {
  if (!element) return Buffer.alloc(0);
  let { end } = element;
  while (end > element.value && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end -= 1;
  return bytes.subarray(element.value, end);
}

export const textOf = (from: Pick<Deriving, 'bytes'>, element: Element | undefined): string =>
  valueOf(from, element).toString('latin1').trim();

/** New text is ASCII, which is valid under every Specific Character Set. */
export const ascii = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll('×', 'x')
    .replaceAll('\u2212', '-')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^\x20-\x7e]/g, '?');

/** Values from the third on stay, empty ones too (PS3.3, C.8.11.3.1.1 requires one). */
function imageType(from: Deriving, element: Element | undefined): string {
  const rest = textOf(from, element).split('\\').slice(2);
  return ['DERIVED', secondValueOf(from.sopClass), ...rest].join('\\');
}

const newUid = (from: Deriving, tag: number, what: string): Piece | null => {
  const source = textOf(from, from.elements.get(tag));
  return from.writer.made(tag, 'UI', derivedUid(from.run, what, source || from.sourceKey));
};

export const derivedInstanceUid = ({
  run,
  sourceKey,
  content,
}: Pick<Deriving, 'run' | 'sourceKey' | 'content'>): string =>
  derivedUid(run, 'instance', JSON.stringify([sourceKey, content]));

const purpose = (writer: ElementWriter, value: string, meaning: string): Piece =>
  writer.sequence(0x0040_a170, [code(writer, value, meaning)]);

/** What an ST holds (PS3.5, 6.2). */
const MOST_TEXT = 1024;

/** Earlier words stand before ours where both fit. */
function description(from: Deriving, earlier: Buffer, action: string): Piece {
  const ours = Buffer.from(ascii(`${from.software}: ${action}. Not for diagnosis.`), 'latin1');
  const both = earlier.length > 0 ? Buffer.concat([earlier, Buffer.from('; '), ours]) : ours;
  const kept = both.length <= MOST_TEXT ? both : ours.subarray(0, MOST_TEXT);
  return from.writer.made(DESCRIPTION, 'ST', kept);
}

/** There is no code for taking away noise (CID 7203), and none for what was copied as it is. @param changed pixels */
function codes({ writer }: Deriving, earlier: Element | undefined, changed: boolean): Piece | null {
  const items = writer.copiedItems(earlier);
  if (changed) items.push(code(writer, '113087', 'Smoothing'));
  return items.length > 0 ? writer.sequence(CODES, items) : null;
}

const isChanged = ({ frameChanged }: Deriving): boolean => frameChanged.includes(true);

/** @param frame from 0 on; null: all of the source */
function sourceImage(
  { writer, sopClass, sopInstance }: Deriving,
  frame: number | null,
): Piece | null {
  if (!sopInstance) return null;
  return writer.sequence(SOURCES, [
    writer.item([
      writer.made(0x0008_1150, 'UI', sopClass),
      writer.made(0x0008_1155, 'UI', sopInstance),
      ...(frame === null ? [] : [writer.made(0x0008_1160, 'IS', String(frame + 1))]),
      purpose(writer, '121322', 'Source image for image processing operation'),
    ]),
  ]);
}

function evidence(from: Deriving): Piece | null {
  const { writer, elements, sopClass, sopInstance } = from;
  if (!sopInstance) return null;
  const uid = (tag: number): Piece => writer.made(tag, 'UI', textOf(from, elements.get(tag)));
  const instance = writer.item([
    writer.made(0x0008_1150, 'UI', sopClass),
    writer.made(0x0008_1155, 'UI', sopInstance),
  ]);
  const series = writer.item([writer.sequence(0x0008_1199, [instance]), uid(0x0020_000e)]);
  const study = writer.item([uid(0x0020_000d), writer.sequence(0x0008_1115, [series])]);
  return writer.sequence(0x0008_9154, [study]);
}

function equipment({ writer, elements, software, action, run }: Deriving): Piece {
  const [, name = software, version = ''] = /^(.*?) (\S+)$/.exec(ascii(software)) ?? [];
  const time = timeOfRun(run);
  const ours = writer.item([
    writer.made(0x0008_0070, 'LO', name),
    writer.made(0x0008_1090, 'LO', name),
    writer.made(0x0018_1020, 'LO', version),
    ...(time ? [writer.made(0x0018_a002, 'DT', time)] : []),
    writer.made(0x0018_a003, 'ST', ascii(action).slice(0, MOST_TEXT)),
    purpose(writer, '109102', 'Processing Equipment'),
  ]);
  return writer.sequence(0x0018_a001, [...writer.copiedItems(elements.get(0x0018_a001)), ours]);
}

/**
 * When the run began, in the zone that the object says its times are in (0008,0201), else in UTC: by the clock of a machine it would
 * not be the same on another one. Nothing where the run does not say: the source's is not that of the new object.
 */
function creation(from: Deriving, tag: number, vr: 'DA' | 'TM'): Piece | null {
  const began = timeOfId(from.run);
  if (began === null) return null;
  const zone = /^([+-])(\d\d)(\d\d)$/.exec(textOf(from, from.elements.get(0x0008_0201)));
  const [, sign = '+', hours = '0', minutes = '0'] = zone ?? [];
  const offset = Number(`${sign}1`) * (60 * Number(hours) + Number(minutes));
  const [day = '', time = ''] = new Date(began + 60_000 * offset).toISOString().split(/[TZ]/);
  const value = vr === 'DA' ? day.replaceAll('-', '') : `${time.replaceAll(':', '')}000`;
  return from.writer.made(tag, vr, value);
}

/** Those of nobody's counting stay as they are. */
function seriesNumber({ writer, elements, bytes }: Deriving): Piece | null {
  const tag = 0x0020_0011;
  const element = elements.get(tag);
  const text = textOf({ bytes }, element);
  const number = Number(text) + 1000;
  if (!element) return null;
  const counts = /^[+-]?\d+$/.test(text) && number < 2 ** 31;
  return counts ? writer.made(tag, 'IS', String(number)) : writer.copied(element);
}

/** What an LO holds, in characters; of other character sets there are never more than bytes. */
const MOST_SHORT_TEXT = 64;

/** What earlier runs have put there. */
const ENDING = /(?:^| )(cleaned(?: again)?|unchanged)$/;

/** One text for all objects of a run, also for those that had nothing to be cleaned: they are one series. */
function seriesDescription(from: Deriving): Piece {
  const tag = 0x0008_103e;
  const old = valueOf(from, from.elements.get(tag));
  const [ending = '', before = ''] = ENDING.exec(old.toString('latin1')) ?? [];
  const begin = old.subarray(0, old.length - ending.length);
  const was = before.startsWith('cleaned');
  const now = from.cleans ? (was ? 'cleaned again' : 'cleaned') : was ? before : 'unchanged';
  const more = Buffer.from(begin.length > 0 ? ` ${now}` : now);
  const room = MOST_SHORT_TEXT - more.length;
  const isAscii = begin.every((byte) => byte >= 0x20 && byte < 0x7f);
  // Cutting other character sets could cut a character.
  if (begin.length > room && !isAscii) return from.writer.copied(from.elements.get(tag)!);
  return from.writer.made(tag, 'LO', Buffer.concat([begin.subarray(0, room), more]));
}

/** A functional group with the types of its frames renewed, and what it was derived from left out. */
function renewedGroup(from: Deriving, sequence: Element, item: Item): Piece[] {
  const { writer } = from;
  const pieces: Piece[] = [];
  for (const macro of item.elements) {
    if (macro.tag === DERIVATION_IMAGE) continue;
    const hasType = macro.items?.some(({ elements }) =>
      elements.some(({ tag }) => tag === FRAME_TYPE),
    );
    if (!hasType) {
      pieces.push(writer.copied(macro, sequence.inner));
      continue;
    }
    const items = macro.items!.map(({ elements }) =>
      writer.item(
        elements.map((one) =>
          one.tag === FRAME_TYPE
            ? writer.made(FRAME_TYPE, 'CS', imageType(from, one))
            : writer.copied(one, macro.inner),
        ),
      ),
    );
    pieces.push(writer.sequence(macro.tag, items));
  }
  return pieces;
}

const derivationOf = (item: Item | undefined): Element | undefined =>
  item?.elements.find(({ tag }) => tag === DERIVATION_IMAGE);

/** @param frame null: of all that share the group */
function derivationImage(
  from: Deriving,
  earlier: Element | undefined,
  frame: number | null,
): Piece {
  const before = earlier?.items?.at(-1)?.elements ?? [];
  const find = (wanted: number): Element | undefined => before.find(({ tag }) => tag === wanted);
  const action = frame === null ? from.action : (from.frameActions[frame] ?? from.action);
  const changed = frame === null ? isChanged(from) : from.frameChanged[frame] !== false;
  const coded = codes(from, find(CODES), changed);
  // An item has to have a code (PS3.3, C.7.6.16.2.6), and there is none for a copy: no item of ours is what may be.
  if (!coded) return from.writer.sequence(DERIVATION_IMAGE, from.writer.copiedItems(earlier));
  const source = sourceImage(from, frame);
  return from.writer.sequence(DERIVATION_IMAGE, [
    from.writer.item([
      description(from, valueOf(from, find(DESCRIPTION)), action),
      coded,
      ...(source ? [source] : []),
    ]),
  ]);
}

function sharedGroups(from: Deriving): Piece | null {
  const { writer, elements } = from;
  const shared = elements.get(SHARED_GROUPS);
  if (!shared) return null;
  const alone = !elements.get(FRAME_GROUPS)?.items?.length;
  const items = (shared.items ?? []).map((item) =>
    writer.item([
      ...renewedGroup(from, shared, item),
      ...(alone ? [derivationImage(from, derivationOf(item), null)] : []),
    ]),
  );
  return writer.sequence(SHARED_GROUPS, items);
}

function frameGroups(from: Deriving): Piece | null {
  const { writer, elements } = from;
  const frames = elements.get(FRAME_GROUPS);
  if (!frames) return null;
  const shared = derivationOf(elements.get(SHARED_GROUPS)?.items?.[0]);
  const items = (frames.items ?? []).map((item, frame) =>
    writer.item([
      ...renewedGroup(from, frames, item),
      derivationImage(from, derivationOf(item) ?? shared, frame),
    ]),
  );
  return writer.sequence(FRAME_GROUPS, items);
}

/** An empty UID is no other one for each part: it stays empty. */
const hasText =
  (tag: number) =>
  (from: Deriving): boolean =>
    textOf(from, from.elements.get(tag)) !== '';

const nothing = (): null => null;

export const changes: readonly Change[] = [
  {
    id: 'imageType',
    tags: [0x0008_0008],
    made: (from) =>
      from.writer.made(0x0008_0008, 'CS', imageType(from, from.elements.get(0x0008_0008))),
  },
  {
    id: 'instanceUid',
    tags: [0x0008_0018],
    made: (from) => from.writer.made(0x0008_0018, 'UI', derivedInstanceUid(from)),
  },
  {
    id: 'creationDate',
    tags: [0x0008_0012],
    made: (from) => creation(from, 0x0008_0012, 'DA'),
  },
  {
    id: 'creationTime',
    tags: [0x0008_0013],
    made: (from) => creation(from, 0x0008_0013, 'TM'),
  },
  // The device that has created the source.
  { id: 'creator', tags: [0x0008_0014], made: nothing },
  { id: 'seriesDescription', tags: [0x0008_103e], made: seriesDescription },
  {
    id: 'derivationDescription',
    tags: [DESCRIPTION],
    when: isPlain,
    made: (from) => description(from, valueOf(from, from.elements.get(DESCRIPTION)), from.action),
  },
  {
    id: 'sourceImage',
    tags: [SOURCES],
    when: isPlain,
    made: (from) => sourceImage(from, null),
  },
  {
    id: 'derivationCode',
    tags: [CODES],
    when: isPlain,
    made: (from) => codes(from, from.elements.get(CODES), isChanged(from)),
  },
  { id: 'evidence', tags: [0x0008_9154], when: isFunctional, made: evidence },
  { id: 'equipment', tags: [0x0018_a001], made: equipment },
  {
    id: 'seriesUid',
    tags: [0x0020_000e],
    made: (from) => newUid(from, 0x0020_000e, 'series'),
  },
  { id: 'seriesNumber', tags: [0x0020_0011], made: seriesNumber },
  {
    id: 'concatenation',
    tags: [0x0020_9161],
    when: hasText(0x0020_9161),
    made: (from) => newUid(from, 0x0020_9161, 'concatenation'),
  },
  {
    // The whole that a part of a concatenation was cut from: one for all parts of a run.
    id: 'concatenationSource',
    tags: [0x0020_0242],
    when: hasText(0x0020_0242),
    made: (from) => newUid(from, 0x0020_0242, 'instance'),
  },
  { id: 'sharedGroups', tags: [SHARED_GROUPS], when: isFunctional, made: sharedGroups },
  { id: 'frameGroups', tags: [FRAME_GROUPS], when: isFunctional, made: frameGroups },
  {
    id: 'pixelRange',
    tags: [0x0028_0106, 0x0028_0107, 0x0028_0108, 0x0028_0109, 0x0028_0110, 0x0028_0111],
    made: nothing,
  },
  { id: 'icon', tags: [0x0088_0200], made: nothing },
  { id: 'signatures', tags: [0x4ffe_0001, 0xfffa_fffa], made: nothing },
  { id: 'offsets', tags: [0x7fe0_0001, 0x7fe0_0002, 0x7fe0_0003], made: nothing },
  { id: 'padding', tags: [0xfffc_fffc], made: nothing },
];

/** Lengths of groups, which nobody has needed since 1993. */
const isGroupLength = (tag: number): boolean => (tag & 0xffff) === 0;

/** @returns all but file meta information and pixel data, not sorted */
export function derivedElements(from: Deriving, pixelData: number): Piece[] {
  const { elements, writer, pixels } = from;
  const pieces: Piece[] = [...pixels];
  const taken = new Set<number>([pixelData, ...pixels.map(({ tag }) => tag)]);
  for (const { tags, made, when } of changes) {
    if (when && !when(from)) continue;
    for (const tag of tags) taken.add(tag);
    const piece = made(from);
    if (piece) pieces.push(piece);
  }
  for (const [tag, element] of elements)
    if (!taken.has(tag) && !isGroupLength(tag)) pieces.push(writer.copied(element));
  return pieces;
}

/** File meta information (PS3.10, 7.1), preamble and all; zeros in the preamble, where the source may have had another file's head. */
export function fileMeta(
  from: Pick<Deriving, 'sopClass' | 'run' | 'sourceKey' | 'content' | 'software'>,
  meta: ElementWriter,
  transferSyntax: string,
  implementationClass: string,
): Buffer {
  const version = ascii(from.software)
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .slice(0, 16);
  const group = joined([
    meta.made(0x0002_0001, 'OB', Buffer.from([0, 1])),
    meta.made(0x0002_0002, 'UI', from.sopClass),
    meta.made(0x0002_0003, 'UI', derivedInstanceUid(from)),
    meta.made(0x0002_0010, 'UI', transferSyntax),
    meta.made(0x0002_0012, 'UI', implementationClass),
    meta.made(0x0002_0013, 'SH', version),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(group.length);
  const head = meta.made(0x0002_0000, 'UL', length).bytes;
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), head, group]);
}
