/** What metadata says of places in the picture points at the same pixels after they were turned. */
import { describe, expect, it } from 'vitest';
import { parseExif } from '../../../app/pixels/metadata/exif.ts';
import { patchExif } from '../../../app/pixels/metadata/exif-patch.ts';
import {
  concatBytes,
  entryNumbers,
  layOutDirectory,
  numberEntry,
  tiffHeaderBytes,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { turnBox, turnPoint } from '../../../app/pixels/metadata/turn.ts';
import { markXmp } from '../../../app/pixels/metadata/xmp.ts';

/** Stored size of every picture here. */
const size = { width: 48, height: 32 };
const rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"';
const names =
  'xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" ' +
  'xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" xmlns:E="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" ' +
  'xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"';

const turned = (inside: string, orientation: number): string => {
  const packet = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ${rdf}><rdf:Description rdf:about="" ${names}>${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`;
  const mark = { software: 's', action: 'a', previousSoftware: null };
  const turn = orientation === 1 ? null : { orientation, ...size };
  const { packet: bytes } = markXmp(new TextEncoder().encode(packet), mark, {
    ...{ turn, attached: new Map() },
  });
  return new TextDecoder().decode(bytes);
};

/** A face as exiftool writes it: everything as elements. */
const asElements = (x: number, y: number, w: number, h: number, of = [48, 32]): string =>
  `<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions rdf:parseType="Resource"><stDim:h>${of[1]}</stDim:h><stDim:unit>pixel</stDim:unit><stDim:w>${of[0]}</stDim:w></mwg-rs:AppliedToDimensions>` +
  `<mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource"><mwg-rs:Area rdf:parseType="Resource"><stArea:h>${h}</stArea:h><stArea:unit>normalized</stArea:unit><stArea:w>${w}</stArea:w><stArea:x>${x}</stArea:x><stArea:y>${y}</stArea:y></mwg-rs:Area><mwg-rs:Name>Face</mwg-rs:Name></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>`;

/** The same as Lightroom writes it: everything as attributes, of a description inside. */
const asAttributes = (x: number, y: number, w: number, h: number): string =>
  `<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="48" stDim:h='32' stDim:unit="pixel"/>` +
  `<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Type="Face"><mwg-rs:Area stArea:x="${x}" stArea:y="${y}" stArea:w="${w}" stArea:h="${h}" stArea:unit="normalized"/></rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>`;

const numberIn = (text: string, name: string): number =>
  Number(new RegExp(`${name}(?:>|=["'])([\\d.]+)`).exec(text)![1]);
const area = (text: string): number[] =>
  ['x', 'y', 'w', 'h'].map((side) => numberIn(text, `stArea:${side}`));

describe.each([
  ['elements', asElements],
  ['attributes', asAttributes],
] as const)('a face written as %s', (_, packet) => {
  it.each([
    [1, [0.1667, 0.125, 0.333, 0.25]],
    [2, [0.8333, 0.125, 0.333, 0.25]],
    [3, [0.8333, 0.875, 0.333, 0.25]],
    [4, [0.1667, 0.875, 0.333, 0.25]],
    [5, [0.125, 0.1667, 0.25, 0.333]],
    [6, [0.875, 0.1667, 0.25, 0.333]],
    [7, [0.875, 0.8333, 0.25, 0.333]],
    [8, [0.125, 0.8333, 0.25, 0.333]],
  ])('of orientation %i', (orientation, expected) => {
    const text = turned(packet(0.1667, 0.125, 0.333, 0.25), orientation);
    expect(area(text)).toEqual(expected);
    const dimensions = ['w', 'h'].map((side) => numberIn(text, `stDim:${side}`));
    expect(dimensions).toEqual(orientation >= 5 ? [32, 48] : [48, 32]);
  });
});

it('regions that speak of the picture as it is shown stay', () => {
  const packet = asElements(0.2, 0.3, 0.1, 0.4, [320, 480]);
  expect(turned(packet, 6)).toContain(packet);
});

it('areas in pixels turn in the size that they name', () => {
  const packet = asElements(10, 20, 8, 4, [480, 320]).replace('normalized', 'pixel');
  expect(area(turned(packet, 6))).toEqual([300, 10, 4, 8]);
});

describe('IPTC image regions', () => {
  const boundary = (inside: string): string =>
    `<E:ImageRegion><rdf:Bag><rdf:li rdf:parseType="Resource"><E:RegionBoundary rdf:parseType="Resource">${inside}</E:RegionBoundary></rdf:li></rdf:Bag></E:ImageRegion>`;
  const values = (text: string, ...names: string[]): number[] =>
    names.map((name) => numberIn(text, `E:${name}`));

  it('are rectangles by their corner', () => {
    const text = turned(
      boundary('<E:rbUnit>relative</E:rbUnit><E:rbX>0.1</E:rbX><E:rbY>0.2</E:rbY><E:rbW>0.3</E:rbW><E:rbH>0.4</E:rbH>'), // prettier-ignore
      6,
    );
    expect(values(text, 'rbX', 'rbY', 'rbW', 'rbH')).toEqual([0.4, 0.1, 0.4, 0.3]);
  });

  it('are circles whose radius is a part of the width', () => {
    const text = turned(boundary('<E:rbX>0.25</E:rbX><E:rbY>0.5</E:rbY><E:rbRx>0.2</E:rbRx>'), 8);
    expect(values(text, 'rbX', 'rbY', 'rbRx')).toEqual([0.5, 0.75, 0.3]);
  });

  it('are polygons in pixels', () => {
    const vertex = (x: number, y: number): string =>
      `<rdf:li rdf:parseType="Resource"><E:rbX>${x}</E:rbX><E:rbY>${y}</E:rbY></rdf:li>`;
    const text = turned(
      boundary(`<E:rbUnit>pixel</E:rbUnit><E:rbVertices><rdf:Seq>${vertex(0, 0)}${vertex(40, 30)}</rdf:Seq></E:rbVertices>`), // prettier-ignore
      3,
    );
    expect(text).toContain(vertex(48, 32) + vertex(8, 2));
  });
});

it('Microsoft’s rectangles, and EXIF’s subject and sizes in XMP, turn too', () => {
  const subject = (a: number[]): string =>
    `<exif:SubjectArea><rdf:Seq>${a.map((one) => `<rdf:li>${one}</rdf:li>`).join('')}</rdf:Seq></exif:SubjectArea>`;
  const text = turned(
    `<MPReg:Rectangle>0.1, 0.2, 0.3, 0.4</MPReg:Rectangle>${subject([8, 4, 16, 8])}<exif:PixelXDimension>48</exif:PixelXDimension><exif:PixelYDimension>32</exif:PixelYDimension>`,
    6,
  );
  expect(text).toContain('<MPReg:Rectangle>0.4, 0.1, 0.4, 0.3</MPReg:Rectangle>');
  expect(text).toContain(subject([28, 8, 8, 16]));
  expect([numberIn(text, 'exif:PixelXDimension'), numberIn(text, 'exif:PixelYDimension')]).toEqual([
    32, 48,
  ]);
});

it.each([
  [[8, 4, 16, 8], 6, [28, 8, 8, 16]],
  [[8, 4, 16, 8], 3, [40, 28, 16, 8]],
  [[8, 4, 5], 8, [4, 40, 5]],
  [[8, 4], 2, [40, 4]],
])('SubjectArea %o of orientation %i', async (before, orientation, after) => {
  const exif = concatBytes([
    tiffHeaderBytes(false, 8),
    layOutDirectory(
      [
        numberEntry(0x112, 3, [orientation], false),
        { tag: 0x8769, type: 4, count: 1, value: [numberEntry(0x9214, 3, before, false)] },
      ],
      ...([8, false] as const),
    ),
  ]);
  const patched = await patchExif(exif, { software: 's', turn: { orientation, ...size } });
  const { entries } = (await parseExif(patched!))!.exif!;
  expect(
    entryNumbers(
      entries.find(({ tag }) => tag === 0x9214),
      false,
    ),
  ).toEqual(after);
});

it('a place turned by an orientation and by the one that undoes it is where it was', () => {
  const undone = [0, 1, 2, 3, 4, 5, 8, 7, 6];
  for (let orientation = 1; orientation <= 8; orientation++) {
    const there = turnPoint({ x: 5, y: 7 }, { orientation }, size);
    const upright = orientation >= 5 ? { width: 32, height: 48 } : size;
    expect(turnPoint(there, { orientation: undone[orientation]! }, upright)).toEqual({
      x: 5,
      y: 7,
    });
    const box = { x: 1, y: 2, width: 10, height: 20 };
    const moved = turnBox(box, { orientation }, size);
    expect(turnBox(moved, { orientation: undone[orientation]! }, upright)).toEqual(box);
  }
});

it('what is not well-formed keeps its words', () => {
  const packet = `${asElements(0.2, 0.3, 0.1, 0.4)}<mwg-rs:Area>`;
  expect(turned(packet, 6)).toContain(packet);
});
