/**
 * Turns what an XMP packet says about places in the picture with the pixels: regions of people and things (MWG
 * Guidelines 2.0, 5.9; IPTC Image Region; Microsoft People Tags), and what EXIF says in XMP (CIPA DC-010).
 */
import { exchanges, turnBox, turnedSubject, turnPoint, type Turn } from './turn.ts';
import { everyElement, type TextEdit, type XmlAttribute, type XmlElement } from './xml-tree.ts';
import { field, fieldOf, itemsOf, ns, replacing, valueOf, type Value } from './xmp-properties.ts';

/** Edits of a packet whose pixels were turned. */
export function turnedPlaces(text: string, roots: readonly XmlElement[], turn: Turn): TextEdit[] {
  const edits: TextEdit[] = [];
  for (const element of everyElement(roots)) {
    if (element.uri === ns.regions && element.local === 'Regions')
      edits.push(...turnedRegions(text, element, turn));
    else if (element.uri === ns.iptc && element.local === 'RegionBoundary')
      edits.push(...turnedBoundary(text, element, turn));
    else if (element.uri === ns.exif && /^Subject(Area|Location)$/.test(element.local))
      edits.push(...turnedNumbers(text, element, turn));
    const rectangle = rectangleOf(element);
    if (rectangle) edits.push(...turnedRectangle(text, rectangle, turn));
    if (exchanges(turn)) edits.push(...exchanged(text, element));
  }
  return edits;
}

const number = (value: Value | undefined): number => (value ? Number(value.text) : NaN);

/** Nine decimals are less than a pixel of any picture. */
const written = (value: number): string => String(Number(value.toFixed(9)));

/** New texts of values; nothing where one of them is missing or no number. */
function set(pairs: readonly (readonly [Value | undefined, number])[]): TextEdit[] {
  if (pairs.some(([value, to]) => !value || !Number.isFinite(to))) return [];
  return pairs.map(([value, to]) => replacing(value!, written(to)));
}

/** Areas by their centre, in parts of the picture or in pixels of the size that the packet names. */
function turnedRegions(text: string, regions: XmlElement, turn: Turn): TextEdit[] {
  const inside = [...everyElement(regions.children)];
  const named = (local: string): XmlElement[] =>
    inside.filter((one) => one.uri === ns.regions && one.local === local);
  const [applied] = named('AppliedToDimensions');
  const side = (local: string): Value | undefined =>
    applied && field(text, applied, ns.dimensions, local);
  const [w, h] = [side('w'), side('h')];
  const stored = {
    width: number(w) > 0 ? number(w) : turn.width,
    height: number(h) > 0 ? number(h) : turn.height,
  };
  // Some programs speak of the picture as it is shown, and say so by its size.
  const isUpright =
    exchanges(turn) &&
    turn.width !== turn.height &&
    Math.abs((stored.width * turn.width) / (stored.height * turn.height) - 1) < 0.01;
  if (isUpright) return [];
  const edits = exchanges(turn) ? set([[w, stored.height], [h, stored.width]]) : []; // prettier-ignore
  for (const area of named('Area')) edits.push(...turnedArea(text, area, turn, stored));
  return edits;
}

function turnedArea(
  text: string,
  area: XmlElement,
  turn: Turn,
  stored: { readonly width: number; readonly height: number },
): TextEdit[] {
  const of = (local: string): Value | undefined => field(text, area, ns.area, local);
  const size = of('unit')?.text === 'pixel' ? stored : { width: 1, height: 1 };
  const at = turnPoint({ x: number(of('x')), y: number(of('y')) }, turn, size);
  const edits = set([[of('x'), at.x], [of('y'), at.y]]); // prettier-ignore
  if (exchanges(turn)) edits.push(...set([[of('w'), number(of('h'))], [of('h'), number(of('w'))]])); // prettier-ignore
  return edits;
}

/** A rectangle by its corner, a circle (rbRx in parts of the width), or vertices. */
function turnedBoundary(text: string, boundary: XmlElement, turn: Turn): TextEdit[] {
  const of = (local: string): Value | undefined => field(text, boundary, ns.iptc, local);
  const isPixel = of('rbUnit')?.text === 'pixel';
  const size = isPixel ? turn : { width: 1, height: 1 };
  const [x, y, w, h, radius] = ['rbX', 'rbY', 'rbW', 'rbH', 'rbRx'].map(of);
  const edits: TextEdit[] = [];
  if (w && h) {
    const box = { x: number(x), y: number(y), width: number(w), height: number(h) };
    const to = turnBox(box, turn, size);
    edits.push(...set([[x, to.x], [y, to.y], [w, to.width], [h, to.height]])); // prettier-ignore
  } else {
    const to = turnPoint({ x: number(x), y: number(y) }, turn, size);
    edits.push(...set([[x, to.x], [y, to.y]])); // prettier-ignore
    const scale = exchanges(turn) && !isPixel ? turn.width / turn.height : 1;
    if (radius) edits.push(...set([[radius, number(radius) * scale]]));
  }
  const vertices = fieldOf(boundary, ns.iptc, 'rbVertices');
  for (const vertex of vertices && 'children' in vertices ? itemsOf(vertices) : []) {
    const [atX, atY] = ['rbX', 'rbY'].map((local) => field(text, vertex, ns.iptc, local));
    const to = turnPoint({ x: number(atX), y: number(atY) }, turn, size);
    edits.push(...set([[atX, to.x], [atY, to.y]])); // prettier-ignore
  }
  return edits;
}

const rectangleOf = (element: XmlElement): XmlElement | XmlAttribute | undefined =>
  element.uri === ns.microsoftRegion && element.local === 'Rectangle'
    ? element
    : element.attributes.find(
        ({ uri, local }) => uri === ns.microsoftRegion && local === 'Rectangle',
      );

/** "left, top, width, height" in parts of the picture. */
function turnedRectangle(text: string, holder: XmlElement | XmlAttribute, turn: Turn): TextEdit[] {
  const value = valueOf(text, holder);
  const [x, y, width, height] = (value?.text ?? '').split(',').map(Number);
  if (!value || [x, y, width, height].some((one) => one === undefined || !Number.isFinite(one)))
    return [];
  const to = turnBox({ x: x!, y: y!, width: width!, height: height! }, turn);
  return [replacing(value, [to.x, to.y, to.width, to.height].map(written).join(', '))];
}

/** SubjectArea, SubjectLocation: an array of whole numbers, as in EXIF. */
function turnedNumbers(text: string, element: XmlElement, turn: Turn): TextEdit[] {
  const values = itemsOf(element).map((item) => valueOf(text, item));
  const turned = turnedSubject(values.map(number), turn);
  return set(values.map((value, index) => [value, turned[index]!] as const));
}

/** What is said of the axes changes places with them. */
const pairs = [
  [ns.tiff, 'ImageWidth', 'ImageLength'],
  [ns.tiff, 'XResolution', 'YResolution'],
  [ns.exif, 'PixelXDimension', 'PixelYDimension'],
] as const;

function exchanged(text: string, element: XmlElement): TextEdit[] {
  if (element.uri !== ns.rdf || element.local !== 'Description') return [];
  return pairs.flatMap(([uri, one, other]) => {
    const [a, b] = [field(text, element, uri, one), field(text, element, uri, other)];
    return a && b ? [replacing(a, b.text), replacing(b, a.text)] : [];
  });
}
