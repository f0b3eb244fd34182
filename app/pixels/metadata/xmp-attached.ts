/**
 * What an XMP packet says of pictures and films that stand behind the picture in the same file (Google's Motion Photo
 * 1.0, its container directory, which Ultra HDR uses too), and of signatures of its pixels: taken out where they are
 * not kept, because other programs believe it.
 */
import { everyElement, type TextEdit, type XmlElement } from './xml-tree.ts';
import { field, itemsOf, ns, removing, replacing } from './xmp-properties.ts';

/** What stands behind the picture in the copy, by its Item:Semantic ("MotionPhoto", "GainMap"), and its size in bytes; null: as it was. */
export type Attached = ReadonlyMap<string, number | null>;

/** What the second part of a JPEG's XMP is called here, which goes on behind the first as it is. */
export const EXTENDED_XMP = 'ExtendedXMP';

const ofMotion = /^(MotionPhoto|MicroVideo)/;

/** Edits that leave only what is still true. */
export function attachedEdits(
  text: string,
  roots: readonly XmlElement[],
  attached: Attached,
): TextEdit[] {
  const isStale = ({ uri, local }: { uri: string; local: string }): boolean =>
    (uri === ns.camera && ofMotion.test(local) && !attached.has('MotionPhoto')) ||
    (uri === ns.provenance && local === 'provenance');
  const edits: TextEdit[] = [];
  for (const element of everyElement(roots)) {
    if (isStale(element)) edits.push(removing(element));
    else if (element.uri === ns.container && element.local === 'Directory')
      edits.push(...directoryEdits(text, element, attached));
    else edits.push(...element.attributes.filter(isStale).map(removing));
  }
  return edits;
}

function directoryEdits(text: string, directory: XmlElement, attached: Attached): TextEdit[] {
  const items = itemsOf(directory).map((item) => {
    const inside = [...everyElement([item])];
    const of = (local: string) =>
      inside.map((one) => field(text, one, ns.item, local)).find((value) => value !== undefined);
    return { item, semantic: of('Semantic')?.text ?? '', length: of('Length') };
  });
  if (!items.some(({ semantic }) => attached.has(semantic))) return [removing(directory)];
  return items.flatMap(({ item, semantic, length }) => {
    if (semantic === 'Primary') return [];
    const size = attached.get(semantic);
    if (size === undefined) return [removing(item)];
    return length && size !== null ? [replacing(length, String(size))] : [];
  });
}
