/**
 * The elements of an XML text with the places where they stand in it, so that one value can be changed and
 * everything else stays letter for letter. Reads what XMP is made of (ISO 16684-1, 7; Namespaces in XML 1.0), and no
 * document types, which XMP may not have.
 */

export interface XmlAttribute {
  readonly uri: string;
  readonly local: string;
  /** From the white space before it to behind its closing quote. */
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  readonly value: string;
}

export interface XmlElement {
  readonly uri: string;
  readonly local: string;
  readonly start: number;
  /** Behind its first tag. */
  readonly openEnd: number;
  /** Where its last tag begins; `openEnd` where the first closes it. */
  closeStart: number;
  end: number;
  readonly attributes: readonly XmlAttribute[];
  readonly children: XmlElement[];
}

/** A text in the place of another. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** More than honest packets have. */
const most = { depth: 128, elements: 200_000 };

const tagPattern =
  /<(\/?)([^\s/<>=!?"']+)((?:\s+[^\s/<>="']+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const attributePattern = /\s+([^\s/<>="']+)\s*=\s*("[^"<]*"|'[^'<]*')/g;

/** What stands between tags and is none of them. */
const skipped = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<![CDATA[', ']]>'],
] as const;

/**
 * The outermost elements; null for what is not well-formed, is too deep, or has a document type.
 * @param usual namespaces of prefixes that the text itself does not declare
 */
export function parseXml(
  text: string,
  usual: ReadonlyMap<string, string> = new Map(),
): XmlElement[] | null {
  const outermost = new Map([...wellKnown, ...usual]);
  const roots: XmlElement[] = [];
  const open: { element: XmlElement; name: string; prefixes: ReadonlyMap<string, string> }[] = [];
  let count = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const other = skipped.find(([begin]) => text.startsWith(begin, at));
    if (other) {
      const end = text.indexOf(other[1], at + other[0].length);
      if (end < 0) return null;
      at = end + other[1].length;
      continue;
    }
    tagPattern.lastIndex = at;
    const tag = tagPattern.exec(text);
    if (!tag) return null;
    const [whole, slash, name, written, alone] = tag as unknown as [string, ...string[]];
    const start = at;
    at += whole.length;
    if (slash) {
      const last = open.pop();
      if (!last || last.name !== name || written) return null;
      last.element.closeStart = start;
      last.element.end = at;
      continue;
    }
    if (++count > most.elements || open.length >= most.depth) return null;
    const above = open.at(-1);
    const attributes = attributesOf(written!, start + 1 + name!.length);
    const prefixes = prefixesOf(attributes, above?.prefixes ?? outermost);
    const element: XmlElement = {
      ...resolve(name!, prefixes, true),
      ...{ start, openEnd: at, closeStart: at, end: at, children: [] },
      attributes: attributes.map(({ name, ...rest }) => ({
        ...rest,
        ...resolve(name, prefixes, false),
      })),
    };
    (above?.element.children ?? roots).push(element);
    if (!alone) open.push({ element, name: name!, prefixes });
  }
  return open.length === 0 && roots.length > 0 ? roots : null;
}

const wellKnown: ReadonlyMap<string, string> = new Map([
  ['xml', 'http://www.w3.org/XML/1998/namespace'],
]);

type Written = Omit<XmlAttribute, 'uri' | 'local'> & { readonly name: string };

const attributesOf = (written: string, from: number): Written[] =>
  [...written.matchAll(attributePattern)].map(({ 0: whole, 1: name, 2: quoted, index }) => {
    const end = from + index + whole.length;
    const value = quoted!.slice(1, -1);
    return { name: name!, start: from + index, end, valueStart: end - 1 - value.length, value };
  });

function prefixesOf(
  attributes: readonly Written[],
  above: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const own = attributes.filter(({ name }) => name === 'xmlns' || name.startsWith('xmlns:'));
  if (own.length === 0) return above;
  const all = new Map(above);
  for (const { name, value } of own) all.set(name === 'xmlns' ? '' : name.slice(6), value);
  return all;
}

/** A prefix that is not declared stands for itself, and so for nothing that anybody looks for. */
function resolve(
  name: string,
  prefixes: ReadonlyMap<string, string>,
  isElement: boolean,
): { uri: string; local: string } {
  const colon = name.indexOf(':');
  if (colon < 0) return { uri: isElement ? (prefixes.get('') ?? '') : '', local: name };
  const prefix = name.slice(0, colon);
  return { uri: prefixes.get(prefix) ?? prefix, local: name.slice(colon + 1) };
}

/** All elements in the order of the text, outer ones before what is in them. */
export function* everyElement(elements: readonly XmlElement[]): Generator<XmlElement> {
  for (const element of elements) {
    yield element;
    yield* everyElement(element.children);
  }
}

/** Edits that lie within an earlier one are of no use any more, and left out. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((one, other) => one.start - other.start || other.end - one.end);
  const parts: string[] = [];
  let done = 0;
  for (const edit of sorted) {
    if (edit.start < done) continue;
    parts.push(text.slice(done, edit.start), edit.text);
    done = edit.end;
  }
  parts.push(text.slice(done));
  return parts.join('');
}
