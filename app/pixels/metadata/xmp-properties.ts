/**
 * Properties of XMP, however RDF writes them: as attributes or as elements, of the node itself or of an
 * rdf:Description inside it (ISO 16684-1, 7.5–7.9).
 */
import {
  everyElement,
  parseXml,
  type TextEdit,
  type XmlAttribute,
  type XmlElement,
} from './xml-tree.ts';

export const ns = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  tiff: 'http://ns.adobe.com/tiff/1.0/',
  exif: 'http://ns.adobe.com/exif/1.0/',
  regions: 'http://www.metadataworkinggroup.com/schemas/regions/',
  area: 'http://ns.adobe.com/xmp/sType/Area#',
  dimensions: 'http://ns.adobe.com/xap/1.0/sType/Dimensions#',
  iptc: 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/',
  microsoftRegion: 'http://ns.microsoft.com/photo/1.2/t/Region#',
  camera: 'http://ns.google.com/photos/1.0/camera/',
  container: 'http://ns.google.com/photos/1.0/container/',
  item: 'http://ns.google.com/photos/1.0/container/item/',
  depth: 'http://ns.google.com/photos/1.0/depthmap/',
  image: 'http://ns.google.com/photos/1.0/image/',
  provenance: 'http://purl.org/dc/terms/',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  note: 'http://ns.adobe.com/xmp/note/',
  gainMap: 'http://ns.adobe.com/hdr-gain-map/1.0/',
  appleGainMap: 'http://ns.apple.com/HDRGainMap/1.0/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  iptcCore: 'http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/',
  lightroom: 'http://ns.adobe.com/lightroom/1.0/',
  digiKam: 'http://www.digikam.org/ns/1.0/',
} as const;

/** Prefixes as programs write them, for packets that lost their declarations. */
const usualPrefixes: ReadonlyMap<string, string> = new Map([
  ...(['rdf', 'tiff', 'exif', 'photoshop', 'digiKam', 'xmp'] as const).map(
    (prefix) => [prefix, ns[prefix]] as const,
  ),
  ['xap', ns.xmp],
  ['xmpNote', ns.note],
  ['hdrgm', ns.gainMap],
  ['HDRGainMap', ns.appleGainMap],
  ['Iptc4xmpCore', ns.iptcCore],
  ['Iptc4xmpExt', ns.iptc],
  ['lr', ns.lightroom],
]);

/** The elements of a packet; null where it is not well-formed. */
export const parsePacket = (text: string): XmlElement[] | null => parseXml(text, usualPrefixes);

/** A simple value and where it stands. */
export interface Value {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const isDescription = ({ uri, local }: XmlElement): boolean =>
  uri === ns.rdf && local === 'Description';

/** A node with the descriptions that it consists of. */
const nodesOf = (element: XmlElement): XmlElement[] => [
  element,
  ...element.children.filter(isDescription),
];

export type Named = { readonly uri: string; readonly local: string };
const is = (one: Named, uri: string, local: string): boolean =>
  one.uri === uri && one.local === local;

/** A field of a structure, with the element or attribute that holds it. */
export function fieldOf(
  element: XmlElement,
  uri: string,
  local: string,
): XmlElement | XmlAttribute | undefined {
  for (const node of nodesOf(element)) {
    const found =
      node.attributes.find((one) => is(one, uri, local)) ??
      node.children.find((one) => is(one, uri, local));
    if (found) return found;
  }
  return undefined;
}

/** The simple value of an attribute, or of an element without others inside. */
export function valueOf(
  text: string,
  holder: XmlElement | XmlAttribute | undefined,
): Value | undefined {
  if (!holder) return undefined;
  if ('value' in holder) {
    const { value, valueStart } = holder;
    return { text: value, start: valueStart, end: valueStart + value.length };
  }
  if (holder.children.length > 0) return undefined;
  const inside = text.slice(holder.openEnd, holder.closeStart);
  const value = inside.trim();
  const start = holder.openEnd + inside.indexOf(value);
  return { text: value, start, end: start + value.length };
}

export const field = (
  text: string,
  element: XmlElement,
  uri: string,
  local: string,
): Value | undefined => valueOf(text, fieldOf(element, uri, local));

/** Members of an array (Bag, Seq, Alt) that is a property's value. */
export const itemsOf = (element: XmlElement): XmlElement[] =>
  element.children
    .filter(({ uri, local }) => uri === ns.rdf && /^(Bag|Seq|Alt)$/.test(local))
    .flatMap(({ children }) => children.filter((one) => is(one, ns.rdf, 'li')));

/** Takes out all properties of some names, whether they are written as elements or as attributes. */
export function withoutProperties(
  roots: readonly XmlElement[],
  isNamed: (name: Named) => boolean,
): TextEdit[] {
  return [...everyElement(roots)].flatMap((element) =>
    isNamed(element) ? [removing(element)] : element.attributes.filter(isNamed).map(removing),
  );
}

export const replacing = ({ start, end }: Value, text: string): TextEdit => ({ start, end, text });
export const removing = ({ start, end }: { start: number; end: number }): TextEdit => ({
  ...{ start, end, text: '' },
});
