/**
 * Descriptions of stacks in TIFF's ImageDescription, made true of the one page that is written: readers believe them
 * and find planes that are not there. ImageJ and SCIFIO (lines), OME (OME-TIFF specification 6), tifffile (a shape in JSON).
 */
import type { SampleType } from '../raster.ts';
import { hasLines, isOme, ofPage } from './stack-page.ts';
import { applyEdits, everyElement, parseXml, type TextEdit, type XmlElement } from './xml-tree.ts';

/** The page as it is written. */
export interface WrittenPage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly sampleType: SampleType;
}

/**
 * @param text bytes as characters; what is of no kind known here comes back as it is
 * @param directory of the page among all of the file that it comes from, from 0 on
 */
export function describeOnePage(text: string, page: WrittenPage, directory = 0): string {
  if (hasLines(text)) return text.replace(ofStacks, '');
  if (/^\s*\{/.test(text)) return withShape(text, page);
  return isOme(text) ? withOnePlane(ofPage(text, directory), page) : text;
}

/** Where all pages are written as they were, only their sample type may be another one. */
export function describeAllPages(text: string, { sampleType }: WrittenPage): string {
  const roots = isOme(text) ? parseXml(text) : null;
  const types = [...everyElement(roots ?? [])]
    .filter(({ uri, local }) => uri.includes('openmicroscopy.org') && local === 'Pixels')
    .flatMap(({ attributes }) => attributes.filter(({ local }) => local === 'Type'))
    .filter(({ value }) => value !== pixelTypes[sampleType]);
  return applyEdits(
    text,
    types.map(({ value, valueStart: start }) => ({
      ...{ start, end: start + value.length },
      text: pixelTypes[sampleType],
    })),
  );
}

/** Lines that count pages or name their order; `mode` says how channels are shown together. */
const ofStacks =
  /^(images|channels|slices|frames|hyperstack|loop|axes|lengths|mode=(?!grayscale)\w*$)(=[^\r\n]*)?(\r?\n|$)/gm;

function withShape(text: string, { width, height, channels }: WrittenPage): string {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return text; // A person's words, in braces.
  }
  if (typeof said !== 'object' || said === null || !('shape' in said) || !Array.isArray(said.shape))
    return text;
  const shape = channels > 1 ? [height, width, channels] : [height, width];
  if (JSON.stringify(shape) === JSON.stringify(said.shape)) return text;
  return JSON.stringify({ ...said, shape, axes: undefined });
}

const pixelTypes: Readonly<Record<SampleType, string>> = {
  ...{ uint8: 'uint8', uint16: 'uint16', int16: 'int16', float32: 'float' },
};

function withOnePlane(text: string, page: WrittenPage): string {
  const roots = parseXml(text);
  if (!roots) return text;
  const all = [...everyElement(roots)].filter(({ uri }) => uri.includes('openmicroscopy.org'));
  const [pixels] = all.filter(({ local }) => local === 'Pixels');
  if (!pixels) return text;
  const [, ...otherImages] = all.filter(({ local }) => local === 'Image');
  const edits = otherImages.map(({ start, end }) => ({ start, end, text: '' }));
  const colours = page.channels >= 3 ? 3 : 1;
  const set = (element: XmlElement, name: string, value: string | number): void => {
    const at = element.attributes.find(({ uri, local }) => uri === '' && local === name);
    if (!at || at.value === String(value)) return;
    const end = at.valueStart + at.value.length;
    edits.push({ start: at.valueStart, end, text: String(value) });
  };
  set(pixels, 'SizeX', page.width);
  set(pixels, 'SizeY', page.height);
  for (const name of ['SizeZ', 'SizeT']) set(pixels, name, 1);
  set(pixels, 'SizeC', colours);
  const type = pixels.attributes.find(({ local }) => local === 'Type');
  if (type?.value !== pixelTypes[page.sampleType]) {
    set(pixels, 'Type', pixelTypes[page.sampleType]);
    const bits = pixels.attributes.find(({ local }) => local === 'SignificantBits');
    if (bits) edits.push({ start: bits.start, end: bits.end, text: '' });
  }
  edits.push(...planeEdits(text, pixels, colours));
  return applyEdits(text, edits);
}

/** One channel, one TiffData, and the first plane. */
function planeEdits(text: string, pixels: XmlElement, colours: number): TextEdit[] {
  const named = (name: string): XmlElement[] =>
    pixels.children.filter(({ local }) => local === name);
  const [data, ...moreData] = named('TiffData');
  const channels = named('Channel');
  const first = channels[0]?.attributes.find(({ local }) => local === 'SamplesPerPixel');
  const isOne = colours === 1 || Number(first?.value ?? 1) > 1;
  const gone = [...moreData, ...(isOne ? channels.slice(1) : []), ...named('Plane').slice(1)];
  const edits: TextEdit[] = gone.map(({ start, end }) => ({ start, end, text: '' }));
  const [plane] = named('Plane');
  for (const { local, value, valueStart: start } of plane?.attributes ?? [])
    if (/^The[ZCT]$/.test(local) && value !== '0')
      edits.push({ start, end: start + value.length, text: '0' });
  if (data) {
    // Its own name, prefix included; what it says of other files is not true of this one.
    const name = /^<([^\s/>]+)/.exec(text.slice(data.start))![1]!;
    edits.push({ start: data.start, end: data.end, text: `<${name} IFD="0" PlaneCount="1"/>` });
  }
  return edits;
}
