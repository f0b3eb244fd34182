/**
 * Changes an XMP packet (ISO 16684-1) as little as a processed copy must: adds a line to a history
 * of our own, sets tiff:Orientation upright, turns places with the pixels (`xmp-places.ts`), drops embedded
 * thumbnails and what is said of things that are not kept (`xmp-attached.ts`). Works on the text, so that
 * everything else stays letter for letter.
 */
import { GAIN_MAP } from '../colour/gain-map.ts';
import type { Turn } from './turn.ts';
import { applyEdits, everyElement, type TextEdit, type XmlElement } from './xml-tree.ts';
import {
  field,
  ns,
  parsePacket,
  replacing,
  withoutProperties,
  type Named,
} from './xmp-properties.ts';
import { attachedEdits, EXTENDED_XMP, type Attached } from './xmp-attached.ts';
import { turnedPlaces } from './xmp-places.ts';

/** Of our history in a packet; nobody else writes it. */
export const namespace = 'https://hourglass.invalid/ns/1.0/';

export interface XmpMark {
  /** "Hourglass 0.1.0" */
  readonly software: string;
  /** What was done, one line. */
  readonly action: string;
  /** Value of EXIF Software before it was replaced. */
  readonly previousSoftware: string | null;
}

export interface XmpResult {
  readonly packet: Uint8Array;
  /** The old packet could not be understood and was replaced. */
  readonly replaced: boolean;
  /** It described an HDR gain map, which is not kept. */
  readonly hadGainMap: boolean;
  /** A second part lay outside of the packet (JPEG's extended XMP), which is not kept. */
  readonly hadExtension: boolean;
  /** A depth map stood within it, which would lie across the turned picture. */
  readonly hadDepth: boolean;
}

const escape = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** Without the time: the same settings on the same file give the same bytes, whenever that is. */
const historyItem = (mark: XmpMark): string =>
  `<rdf:li>${escape(`${mark.software}: ${mark.action}`)}</rdf:li>`;

const description = (about: string, mark: XmpMark): string =>
  `<rdf:Description rdf:about="${about}" xmlns:hourglass="${namespace}">` +
  (mark.previousSoftware === null
    ? ''
    : `<hourglass:previousSoftware>${escape(mark.previousSoftware)}</hourglass:previousSoftware>`) +
  `<hourglass:processed><rdf:Seq>${historyItem(mark)}</rdf:Seq></hourglass:processed></rdf:Description>`;

const freshPacket = (mark: XmpMark): string =>
  '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>\n' +
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  `${description('', mark)}</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>`;

/** The text of a packet: UTF-8, or UTF-16/32 as its first bytes tell (ISO 16684-1, 7.3.2). */
function packetText(packet: Uint8Array): string | null {
  const encoding =
    packet[0] === 0xfe && packet[1] === 0xff
      ? 'utf-16be'
      : packet[0] === 0xff && packet[1] === 0xfe
        ? 'utf-16le'
        : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: encoding === 'utf-8' }).decode(
      packet,
    );
  } catch {
    return null; // Not text: it is replaced, and the caller says so.
  }
}

/** What is true of the copy and was not of the original. */
export interface XmpChanges {
  /** How the pixels were turned; null: they were not. */
  readonly turn: Turn | null;
  /** What still stands behind the picture. */
  readonly attached: Attached;
}

const unchanged: XmpChanges = { turn: null, attached: new Map() };

/** The packet of a processed copy. `original` may be null. */
export function markXmp(
  original: Uint8Array | null,
  mark: XmpMark,
  changes: XmpChanges = unchanged,
): XmpResult {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const text = original && packetText(original);
  if (!text || !text.includes('</rdf:RDF>') || !text.includes(ns.rdf))
    return {
      packet: encode(freshPacket(mark)),
      replaced: original !== null,
      hadGainMap: false,
      hadExtension: false,
      hadDepth: false,
    };
  // Of what is not well-formed nobody can tell what it speaks of; it stays as it is.
  const roots = parsePacket(text) ?? [];
  const keepsMap = changes.attached.has(GAIN_MAP);
  const hadGainMap = !keepsMap && (text.includes(ns.gainMap) || text.includes('GainMap'));
  const all = [...everyElement(roots)].flatMap((element) => [element, ...element.attributes]);
  const hadExtension = !changes.attached.has(EXTENDED_XMP) && all.some(isExtension);
  const hadDepth = changes.turn !== null && all.some(({ uri, local }) => uri === ns.depth && local === 'Data'); // prettier-ignore
  const packet = encode(addMark(applyEdits(text, edits(text, roots, changes)), mark));
  return { packet, replaced: false, hadGainMap, hadExtension, hadDepth };
}

/** What makes a packet speak of the copy. */
function edits(
  text: string,
  roots: readonly XmlElement[],
  { turn, attached }: XmpChanges,
): TextEdit[] {
  const keepsMap = attached.has(GAIN_MAP);
  const keepsExtension = attached.has(EXTENDED_XMP);
  const names = [...everyElement(roots)].flatMap((element) => [element, ...element.attributes]);
  // What a depth map is like says nothing without it, and it is not turned.
  const losesDepth = turn !== null || (!keepsExtension && names.some(isExtension));
  const isStale = (name: Named): boolean =>
    (!keepsExtension && isExtension(name)) ||
    (losesDepth && (name.uri === ns.depth || name.uri === ns.image)) ||
    (name.uri === ns.xmp && name.local === 'Thumbnails') ||
    (!keepsMap && (name.uri === ns.gainMap || name.uri === ns.appleGainMap));
  return [
    ...(turn ? turnedPlaces(text, roots, turn) : []),
    ...attachedEdits(text, roots, attached),
    ...withoutProperties(roots, isStale),
    ...[...everyElement(roots)].flatMap((element) => {
      const stored = field(text, element, ns.tiff, 'Orientation');
      return stored && /^[2-8]$/.test(stored.text) ? [replacing(stored, '1')] : [];
    }),
  ];
}

const isExtension = ({ uri, local }: Named): boolean =>
  uri === ns.note && local === 'HasExtendedXMP';

/**
 * The packet without some properties.
 * @returns null when it is not well-formed, so that it may say anything
 */
export function packetWithout(
  packet: Uint8Array,
  isNamed: (name: Named) => boolean,
): Uint8Array | null {
  const text = packetText(packet);
  const roots = text === null ? null : parsePacket(text);
  if (text === null || !roots) return null;
  const edits = withoutProperties(roots, isNamed);
  return edits.length === 0 ? packet : new TextEncoder().encode(applyEdits(text, edits));
}

function addMark(text: string, mark: XmpMark): string {
  const opening = /<hourglass:processed>\s*<rdf:Seq>/.exec(text);
  if (opening) {
    const closing = /<\/rdf:Seq>\s*<\/hourglass:processed>/g;
    closing.lastIndex = opening.index + opening[0].length;
    const at = closing.exec(text)?.index;
    if (at !== undefined) return text.slice(0, at) + historyItem(mark) + text.slice(at);
  }
  // All descriptions of a packet speak of the same resource (ISO 16684-1, 7.4).
  const about = /<rdf:Description[^<>]*?\srdf:about\s*=\s*["']([^"']*)["']/.exec(text)?.[1] ?? '';
  const end = text.lastIndexOf('</rdf:RDF>');
  return text.slice(0, end) + description(about, mark) + text.slice(end);
}
