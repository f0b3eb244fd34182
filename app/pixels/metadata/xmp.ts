/**
 * Changes an XMP packet (ISO 16684-1) as little as a processed copy must: adds a line to a history
 * of our own, sets tiff:Orientation upright, turns places with the pixels (`xmp-places.ts`), drops embedded
 * thumbnails and what is said of things that are not kept (`xmp-attached.ts`). Works on the text, so that
 * everything else stays letter for letter.
 */
import { GAIN_MAP } from '../colour/gain-map.ts';
import type { Turn } from './turn.ts';
import { applyEdits, parseXml } from './xml-tree.ts';
import { attachedEdits, type Attached } from './xmp-attached.ts';
import { turnedPlaces } from './xmp-places.ts';

const namespace = 'https://hourglass.invalid/ns/1.0/';

export interface XmpMark {
  /** "Hourglass 0.1.0" */
  readonly software: string;
  /** What was done, one line. */
  readonly action: string;
  /** When, ISO 8601. */
  readonly when: string;
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
}

const escape = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

const historyItem = (mark: XmpMark): string =>
  `<rdf:li>${escape(`${mark.when} ${mark.software}: ${mark.action}`)}</rdf:li>`;

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
  const end = text ? text.lastIndexOf('</rdf:RDF>') : -1;
  if (!text || end < 0 || !text.includes('http://www.w3.org/1999/02/22-rdf-syntax-ns#'))
    return {
      packet: encode(freshPacket(mark)),
      replaced: original !== null,
      hadGainMap: false,
      hadExtension: false,
    };
  const keepsMap = changes.attached.has(GAIN_MAP);
  const hadGainMap =
    !keepsMap &&
    (text.includes('http://ns.adobe.com/hdr-gain-map/1.0/') || text.includes('GainMap'));
  const hadExtension = text.includes('xmpNote:HasExtendedXMP');
  const packet = encode(addMark(withoutStaleParts(corrected(text, changes), keepsMap), mark));
  return { packet, replaced: false, hadGainMap, hadExtension };
}

/** Of what is not well-formed nobody can tell which places it speaks of; it stays as it is. */
function corrected(text: string, { turn, attached }: XmpChanges): string {
  const roots = parseXml(text);
  if (!roots) return text;
  const places = turn ? turnedPlaces(text, roots, turn) : [];
  return applyEdits(text, [...places, ...attachedEdits(text, roots, attached)]);
}

function withoutStaleParts(text: string, keepsMap: boolean): string {
  const plain = withoutElements(text, staleElement)
    .replace(/(tiff:Orientation\s*=\s*["'])[2-8](["'])/g, '$11$2')
    .replace(/(<tiff:Orientation>\s*)[2-8](\s*<\/tiff:Orientation>)/g, '$11$2')
    .replace(/\sxmpNote:HasExtendedXMP\s*=\s*("[^"]*"|'[^']*')/g, '');
  if (keepsMap) return plain;
  return withoutElements(plain, ofGainMap).replace(
    /\s(hdrgm|HDRGainMap):[A-Za-z]+\s*=\s*("[^"]*"|'[^']*')/g,
    '',
  );
}

const staleElement = /^(xmp|xap):Thumbnails$/;
/** What a gain map says of itself. */
const ofGainMap = /^(hdrgm|HDRGainMap):[A-Za-z]+$/;

/**
 * Takes elements of these names out, from each one's first tag to the next that closes it. One pass over the openings and one
 * over the closings: a pattern that looks for the end of each would take the square of the length where none is closed.
 */
function withoutElements(text: string, named: RegExp): string {
  const closings = new Map<string, number[]>();
  for (const { 0: tag, 1: name, index } of text.matchAll(/<\/([A-Za-z][\w-]*:[A-Za-z]\w*)\s*>/g)) {
    if (!named.test(name!)) continue;
    const ends = closings.get(name!) ?? [];
    ends.push(index + tag.length);
    closings.set(name!, ends);
  }
  // The next one is at the end, where it is cheap to take.
  for (const ends of closings.values()) ends.reverse();
  let kept = '';
  let done = 0;
  const openings = /<([A-Za-z][\w-]*:[A-Za-z]\w*)(?:\s[^<>]*)?>/g;
  for (const { 0: tag, 1: name, index } of text.matchAll(openings)) {
    if (index < done || !named.test(name!)) continue;
    if (tag.endsWith('/>')) {
      kept += text.slice(done, index);
      done = index + tag.length;
      continue;
    }
    const ends = closings.get(name!);
    while (ends && ends.length > 0 && ends.at(-1)! <= index) ends.pop();
    const end = ends?.pop();
    if (end === undefined) continue;
    kept += text.slice(done, index);
    done = end;
  }
  return kept + text.slice(done);
}

/**
 * The packet without some properties, whether they are written as attributes or as elements.
 * @param named matches whole names, prefix and all @returns null when the packet is no text
 */
export function withoutProperties(packet: Uint8Array, named: RegExp): Uint8Array | null {
  const text = packetText(packet);
  if (text === null) return null;
  const kept = withoutElements(text, named).replace(
    /\s([A-Za-z][\w-]*:[A-Za-z]\w*)\s*=\s*("[^"]*"|'[^']*')/g,
    (attribute, name: string) => (named.test(name) ? '' : attribute),
  );
  return kept === text ? packet : new TextEncoder().encode(kept);
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
