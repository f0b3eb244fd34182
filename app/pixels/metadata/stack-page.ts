/**
 * Which plane of a stack a page of a TIFF is, by the description that stands in its first page alone: what is said of the other planes is taken out,
 * so that `stack-description.ts` finds the page's own channel, position and time where it looks, first.
 */
import { applyEdits, everyElement, parseXml, type XmlElement } from './xml-tree.ts';

/** A page of a file of several that is not the first. */
export interface StackPage {
  /** Its directory in the file, from 0 on. */
  readonly directory: number;
  /** ImageDescription of the first page, where that is one of the whole stack and this page has none; bytes as stored. */
  readonly description: Uint8Array | null;
}

/** ImageJ, SCIFIO, OME, tifffile: one text for all pages. */
export const isOfStack = (text: string): boolean =>
  hasLines(text) || isOme(text) || /^\s*\{[^]*"shape"\s*:/.test(text);

/** ImageJ, SCIFIO. */
export const hasLines = (text: string): boolean => /^(ImageJ|SCIFIO)=/.test(text);

export const isOme = (text: string): boolean => /<([\w.-]+:)?OME[\s>]/.test(text);

type Axis = 'Z' | 'C' | 'T';
type Plane = Readonly<Record<Axis, number>>;

const attribute = (element: XmlElement, name: string): string | undefined =>
  element.attributes.find(({ uri, local }) => uri === '' && local === name)?.value;
const count = (element: XmlElement, name: string, otherwise: number): number => {
  const value = Number(attribute(element, name) ?? otherwise);
  return Number.isSafeInteger(value) && value >= 0 ? value : otherwise;
};
const named = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter(({ local }) => local === name);

/**
 * @param text of a stack; what is of no kind that tells planes apart comes back as it is
 * @param page its directory in the file, from 0 on
 */
export function ofPage(text: string, page: number): string {
  const roots = isOme(text) ? parseXml(text) : null;
  const images = [...everyElement(roots ?? [])].filter(({ uri, local }) => uri.includes('openmicroscopy.org') && local === 'Image'); // prettier-ignore
  for (const image of images)
    for (const pixels of named(image, 'Pixels')) {
      const plane = planeOf(pixels, page);
      if (!plane) continue;
      const gone = [
        ...images.filter((other) => other !== image),
        ...named(pixels, 'Channel').filter((_, at) => at !== plane.C),
        ...named(pixels, 'Plane').filter((one) => !isAt(one, plane)),
      ];
      return applyEdits(text, gone.map(({ start, end }) => ({ start, end, text: '' }))); // prettier-ignore
    }
  return text;
}

const isAt = (element: XmlElement, plane: Plane): boolean =>
  (['Z', 'C', 'T'] as const).every((axis) => count(element, `The${axis}`, 0) === plane[axis]);

/** The plane that lies in a directory (OME-TIFF specification 6, "TiffData"); null: none of these pixels. */
function planeOf(pixels: XmlElement, page: number): Plane | null {
  const [first] = named(pixels, 'Channel');
  const perPlane = Math.max(1, first ? count(first, 'SamplesPerPixel', 1) : 1);
  const sizes: Record<Axis, number> = {
    Z: Math.max(1, count(pixels, 'SizeZ', 1)),
    C: Math.max(1, Math.ceil(count(pixels, 'SizeC', 1) / perPlane)),
    T: Math.max(1, count(pixels, 'SizeT', 1)),
  };
  const written = attribute(pixels, 'DimensionOrder') ?? 'XYZCT';
  const order = [...written.slice(2)].filter((axis): axis is Axis => /[ZCT]/.test(axis));
  const all = sizes.Z * sizes.C * sizes.T;
  for (const data of named(pixels, 'TiffData')) {
    const directory = count(data, 'IFD', 0);
    const planes = count(data, 'PlaneCount', attribute(data, 'IFD') === undefined ? all : 1);
    const at = page - directory;
    if (at < 0 || at >= planes) continue;
    // Where its first plane stands among all, then as many further.
    let stride = 1;
    let index = at;
    for (const axis of order) {
      index += count(data, `First${axis}`, 0) * stride;
      stride *= sizes[axis];
    }
    const plane = { Z: 0, C: 0, T: 0 };
    for (const axis of order) {
      plane[axis] = index % sizes[axis];
      index = Math.floor(index / sizes[axis]);
    }
    return plane;
  }
  return null;
}
