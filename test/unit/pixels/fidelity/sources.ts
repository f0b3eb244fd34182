/**
 * Files of every format that is opened, carrying all that the format can hold: what our own writer writes, and beside it what only other
 * programs write, made of the bytes that their specifications name. All say the same (`told`), so that whoever reads a result knows what to find.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { abilitiesOf, familyOf, outputFormats, type ImageFormat, type OutputFormat } from '../../../../app/contract/index.ts'; // prettier-ignore
import type { ColourCodes } from '../../../../app/pixels/colour/code-points.ts';
import { describeColour, describedProfile } from '../../../../app/pixels/colour/description.ts';
import { avifEdits } from '../../../../app/pixels/formats/bmff.ts';
import type { OutputBlobs } from '../../../../app/pixels/formats/containers.ts';
import { pngChunk } from '../../../../app/pixels/metadata/png-chunks.ts';
import {
  decodeImage,
  type DecodedImage,
  type ImageMetadata,
} from '../../../../app/pixels/index.ts';
import { PhotoshopResources } from '../../../../app/pixels/metadata/photoshop.ts';
import {
  bytesAsSource,
  concatBytes,
  layOutDirectory,
  numberEntry,
  textEntry,
  tiffHeaderBytes,
} from '../../../../app/pixels/metadata/tiff-structure.ts';
import { rawReader } from '../../../../app/raw/reader.ts';
import { jp2File, jpeg2000Codestream, rgba } from '../../../jpeg-2000.ts';
import { linearOf, makeDng, scene } from '../../raw/make-dng.ts';
import { cameraExif, imageOf, noiseRaster, primaries, requestFor, rgbProfile, writeWhole } from '../support.ts'; // prettier-ignore
import { madeTiff } from '../tiff-made.ts';

export const latin = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const u16 = (...values: number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
const u32 = (...values: number[]): Uint8Array =>
  concatBytes(values.map((value) => u16(Math.floor(value / 65536), value & 0xffff)));
export const box = (type: string, ...parts: Uint8Array[]): Uint8Array => {
  const body = concatBytes(parts);
  return concatBytes([u32(body.length + 8), latin(type), body]);
};

const size = { width: 48, height: 32 };

/** What every source says, where it can. */
export const told = {
  profile: 'Display P3 test',
  exif: cameraExif({ littleEndian: true, orientation: 1 }),
  xmp: latin(
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"><dc:source>harbour</dc:source>' +
      '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource"><mwg-rs:Area stArea:x="0.25" stArea:y="0.5" stArea:w="0.1" stArea:h="0.2" stArea:unit="normalized"/><mwg-rs:Name>Face</mwg-rs:Name></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions></rdf:Description></rdf:RDF></x:xmpmeta>',
  ),
  iptc: Uint8Array.of(0x1c, 2, 120, 0, 1, 0x61),
  paths: latin(
    '8BIM\x07\xd0\0\0\0\0\0\x1a' +
      '\0'.repeat(26) +
      '8BIM\x04\x08\0\0\0\0\0\x15\0\0\0\x01' +
      '\0\0\x02\x40'.repeat(2) +
      '\0\0\0\x01\0\0\x01\0\x01\0',
  ),
  resolution: { x: 300, y: 150, unit: 'inch' },
} as const;

/** Data of another program, in whatever a format has for such. */
export const survey = 'surveyed by somebody';

const icc = rgbProfile(told.profile, primaries.displayP3, null);
const comments = {
  jpeg: latin('\xff\xfe\0\x04hi'),
  png: pngChunk('tEXt', latin('Title\0a')),
};

/** With all that metadata has a place for, before it is said by a file. */
const described = (format: ImageFormat): Partial<ImageMetadata> => ({
  ...{ exif: told.exif, xmp: told.xmp, iptc: told.iptc, icc, resolution: told.resolution },
  photoshop: PhotoshopResources.of(told.paths),
  attachments:
    format === 'jpeg' || format === 'png'
      ? [{ format, place: 'head', bytes: comments[format], what: () => 'a text' }]
      : [],
});

/** What our writer makes of a format. */
async function written(folder: string, format: OutputFormat, channels: 3 | 4): Promise<string> {
  const sampleType = abilitiesOf(format).samples.includes('uint16') ? 'uint16' : 'uint8';
  const image = imageOf(noiseRaster({ ...size, channels, sampleType }), described(format));
  const path = join(folder, `written-${channels}.${format}`);
  const from = format === 'dng' ? await developed(folder, image) : image;
  await writeWhole(requestFor(path, format, from, { quality: 100 }));
  return path;
}

/** A picture of a camera with the metadata of another. */
async function developed(folder: string, { metadata }: DecodedImage): Promise<DecodedImage> {
  const path = join(folder, 'camera.dng');
  writeFileSync(path, makeDng({ ...size, pattern: null, samples: linearOf(scene(48, 32)) }));
  const camera = await decodeImage({ path, readers: { dng: rawReader } });
  const { icc, profileName, cameraSpace } = camera.metadata;
  return { ...camera, metadata: { ...metadata, photoshop: null, icc, profileName, cameraSpace: cameraSpace! } }; // prettier-ignore
}

const { data: plainData } = noiseRaster({ ...size, channels: 3, sampleType: 'uint8' });
const plain = (): import('sharp').Sharp => sharp(plainData as Uint8Array, { raw: { ...size, channels: 3 } }); // prettier-ignore

/** Luminances of the screen that a picture was graded on, and of its brightest parts (SMPTE ST 2086, CTA-861.3), as PNG says them. */
const mastering = {
  mDCV: concatBytes([u16(35400, 14600, 8500, 39850, 6550, 2300, 15635, 16450), u32(10_000_000, 1)]),
  cLLI: u32(10_000_000, 4_000_000),
};

async function pngs(): Promise<Record<string, Uint8Array>> {
  const bytes = await plain().png().toBuffer();
  const made = (...chunks: Uint8Array[]): Uint8Array =>
    concatBytes([bytes.subarray(0, 33), ...chunks, bytes.subarray(33)]);
  const cicp = (...codes: number[]): Uint8Array => pngChunk('cICP', Uint8Array.from(codes));
  // As ImageMagick writes it: a resource of Photoshop, in hexadecimal digits.
  const iptc = Buffer.from(
    concatBytes([latin('8BIM\x04\x04\0\0'), u32(told.iptc.length), told.iptc]),
  );
  return {
    codes: made(cicp(12, 13, 0, 1), pngChunk('suRv', latin(survey))),
    iptc: made(
      pngChunk(
        'tEXt',
        latin(
          `Raw profile type iptc\0\niptc\n${String(iptc.length).padStart(8)}\n${iptc.toString('hex')}\n`,
        ),
      ),
    ),
    hlg: made(cicp(9, 18, 0, 1)),
    pq: made(cicp(9, 16, 0, 1), pngChunk('mDCV', mastering.mDCV), pngChunk('cLLI', mastering.cLLI)),
    gamma: made(
      pngChunk('gAMA', u32(100_000)),
      pngChunk('cHRM', u32(31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)),
    ),
  };
}

async function avifs(): Promise<Record<string, Uint8Array>> {
  const bytes = await plain().avif({ lossless: true, chromaSubsampling: '4:4:4' }).toBuffer();
  const edited = async (blobs: Partial<OutputBlobs>): Promise<Uint8Array> => {
    const edits = await avifEdits(bytesAsSource(bytes), {
      ...{ icc: null, exif: null, xmp: null, iptc: null, resolution: null },
      ...blobs,
    });
    const parts: Uint8Array[] = [];
    let at = 0;
    for (const edit of [...edits].sort((a, b) => a.at - b.at)) {
      parts.push(bytes.subarray(at, edit.at), edit.insert);
      at = edit.at + edit.remove;
    }
    return concatBytes([...parts, bytes.subarray(at)]);
  };
  const coded = (primaries: number, transfer: number, mastering: OutputBlobs['mastering'] = []) =>
    edited({ colourCodes: { primaries, transfer }, mastering });
  // Green, blue, red; then white, and the light of the screen (ISO/IEC 14496-12, 12.1.7).
  const mdcv = concatBytes([u16(8500, 39850, 6550, 2300, 35400, 14600, 15635, 16450), u32(10_000_000, 1)]); // prettier-ignore
  const light = [
    { type: 'mdcv', body: mdcv },
    { type: 'clli', body: u16(1000, 400) },
  ];
  return {
    codes: await coded(12, 13),
    hlg: await coded(9, 18),
    pq: await coded(9, 16, light),
    gainmap: withItem(bytes, 'tmap', latin('Gain map\0')),
    item: replaced(
      await edited({ xmp: latin(survey) }),
      'application/rdf+xml',
      'application/svy+xml',
    ),
  };
}

/** @param to as long */
const replaced = (bytes: Uint8Array, from: string, to: string): Uint8Array => {
  const out = Uint8Array.from(bytes);
  out.set(latin(to), Buffer.from(bytes).indexOf(from));
  return out;
};

/** With one more item in the list, in a copy of the box `iinf` whose place others do not count from. */
function withItem(bytes: Uint8Array, type: string, rest: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf('iinf') - 4;
  const meta = Buffer.from(bytes).indexOf('meta') - 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = view.getUint32(at);
  const info = box('infe', u32(0x0200_0000), u16(77, 0), latin(type), rest);
  const iinf = box('iinf', bytes.subarray(at + 8, at + 12), u16(view.getUint16(at + 12) + 1), bytes.subarray(at + 14, at + length), info); // prettier-ignore
  const out = concatBytes([bytes.subarray(0, at), iinf, bytes.subarray(at + length)]);
  const grown = new DataView(out.buffer);
  grown.setUint32(meta, view.getUint32(meta) + info.length);
  // The pixels lie behind it: one extent, whose offset stands before its length at the end of an entry.
  const iloc = Buffer.from(out).indexOf('iloc') - 4;
  const entry = iloc + grown.getUint32(iloc) - 8;
  grown.setUint32(entry, grown.getUint32(entry) + info.length);
  return out;
}

const segment = (marker: number, ...parts: Uint8Array[]): Uint8Array => {
  const payload = concatBytes(parts);
  return concatBytes([Uint8Array.of(0xff, marker), u16(payload.length + 2), payload]);
};

const fingerprint = '0123456789ABCDEF0123456789ABCDEF';
const depthXmp = (attribute: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmlns:GDepth="http://ns.google.com/photos/1.0/depthmap/" GDepth:Near="1.5" ${attribute}/></rdf:RDF></x:xmpmeta>`;

async function jpegs(): Promise<Record<string, Uint8Array>> {
  const bytes = await plain().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
  const iso = (...more: number[]): Uint8Array =>
    segment(0xe2, latin('urn:iso:std:iso:ts:21496:-1\0'), Uint8Array.of(0, 0, 0, 0, ...more));
  const made = (...segments: Uint8Array[]): Uint8Array =>
    concatBytes([bytes.subarray(0, 2), ...segments, bytes.subarray(2)]);
  const short = (tag: number, value: number) => numberEntry(tag, 3, [value], true);
  const below = (tag: number, value: Parameters<typeof layOutDirectory>[0]) => ({ tag, type: 4, count: 1, value }); // prettier-ignore
  const adobe = [below(0x8769, [short(0xa001, 0xffff), below(0xa005, [textEntry(1, 'R03')])])];
  return {
    gainmap: concatBytes([made(iso(), segment(0xe9, latin(survey))), made(iso(0x40, 0, 0, 0, 0))]),
    depth: made(
      segment(
        0xe1,
        latin(
          `http://ns.adobe.com/xap/1.0/\0${depthXmp(`xmpNote:HasExtendedXMP="${fingerprint}"`)}`,
        ),
      ),
      segment(
        0xe1,
        latin(`http://ns.adobe.com/xmp/extension/\0${fingerprint}`),
        u32(40, 0),
        latin(depthXmp('GDepth:Data="/9j/4AAQ"')),
      ),
    ),
    adobe: made(segment(0xe1, latin('Exif\0\0'), tiffHeaderBytes(true, 8), layOutDirectory(adobe, 8, true))), // prettier-ignore
  };
}

/** Colours that are nowhere above their opacity. */
function multiplied(): Uint8Array {
  const { data } = noiseRaster({ ...size, channels: 4, sampleType: 'uint8' });
  return Uint8Array.from(data, (value, at) => Math.min(value, data[at | 3]!));
}

function tiffs(): Record<string, Uint8Array> {
  const infrared = noiseRaster({ ...size, channels: 4, sampleType: 'uint16' }).data;
  const floats = noiseRaster({ ...size, channels: 3, sampleType: 'float32' }).data;
  const made = { ...size, photometric: 2 };
  return {
    infrared: madeTiff({
      ...{ ...made, data: infrared, samples: 4, extraSamples: [0] },
      entries: [textEntry(65_000, survey)],
    }),
    associated: madeTiff({ ...made, data: multiplied(), samples: 4, extraSamples: [1] }),
    floats: madeTiff({ ...made, data: floats.map((value) => Math.abs(value) / 3), samples: 3 }),
  };
}

/** GIF89a: a comment and XMP as application data (GIF89a 24 and 26; XMP specification part 3, 1.1.2), a profile (ICCRGBG1012). */
async function gifs(): Promise<Record<string, Uint8Array>> {
  const made = async (channels: 3 | 4): Promise<Uint8Array> => {
    const noise = noiseRaster({ ...size, channels, sampleType: 'uint8' }).data as Uint8Array;
    const data = noise.map((value, at) => (at % 4 === 3 && channels === 4 ? (value > 128 ? 255 : 0) : value)); // prettier-ignore
    const bytes = await sharp(data, { raw: { ...size, channels } })
      .gif()
      .toBuffer();
    // Behind the screen descriptor and its table of colours.
    const at = 13 + (bytes[10]! & 0x80 ? 3 * 2 ** ((bytes[10]! & 7) + 1) : 0);
    const trailer = [1, ...Array.from({ length: 256 }, (_, index) => 255 - index), 0];
    const packet = concatBytes([latin('!\xff\x0bXMP DataXMP'), told.xmp, Uint8Array.from(trailer)]);
    const profile = concatBytes([latin('!\xff\x0bICCRGBG1012'), chain(icc)]);
    const other = concatBytes([latin('!\xff\x0bSURVEYOR1.0'), chain(latin(survey))]);
    const comment = latin('!\xfe\x02hi\0');
    return concatBytes([bytes.subarray(0, at), packet, profile, other, comment, bytes.subarray(at)]); // prettier-ignore
  };
  return { whole: await made(3), opacity: await made(4) };
}

/** Sub-blocks of at most 255 bytes, and an empty one. */
const chain = (bytes: Uint8Array): Uint8Array =>
  concatBytes([
    ...Array.from({ length: Math.ceil(bytes.length / 255) }, (_, index) => {
      const some = bytes.subarray(index * 255, (index + 1) * 255);
      return concatBytes([Uint8Array.of(some.length), some]);
    }),
    Uint8Array.of(0),
  ]);

/** WebP with a chunk of nobody's, which readers pass over (WebP container specification, "Unknown Chunks"). */
async function webps(): Promise<Record<string, Uint8Array>> {
  const bytes = await plain().webp({ lossless: true }).toBuffer();
  const more = concatBytes([latin('NOTE'), Uint8Array.of(survey.length, 0, 0, 0), latin(survey)]);
  const whole = concatBytes([bytes, more]);
  new DataView(whole.buffer).setUint32(4, whole.length - 8, true);
  return { chunk: whole };
}

/** A JPEG XL of boxes (ISO/IEC 18181-2): Exif, xml, a gain map (jhgm, ISO 21496-1), the codestream. */
async function jxls(): Promise<Record<string, Uint8Array>> {
  const { default: createVips } = await import('wasm-vips');
  const vips = await createVips({ dynamicLibraries: ['vips-jxl.wasm'] });
  const coded = async (
    profile: Uint8Array,
    channels: 3 | 4,
    sampleType: 'uint16' | 'float32' = 'uint16',
  ): Promise<Uint8Array> => {
    // Threads of libvips that have ended are taken again when their messages are heard.
    await new Promise((resolve) => void setImmediate(resolve));
    const { data } = noiseRaster({ ...size, channels, sampleType });
    const { ushort, float } = vips.BandFormat;
    const isFloat = sampleType === 'float32';
    const image = vips.Image.newFromMemory(data as Uint16Array, size.width, size.height, channels, isFloat ? float : ushort).copy({ interpretation: isFloat ? 'scrgb' : 'rgb16' }); // prettier-ignore
    if (!isFloat) image.setBlob('icc-profile-data', profile);
    return image.jxlsaveBuffer({ lossless: true, keep: 'icc' });
  };
  const stream = async (channels: 3 | 4): Promise<Uint8Array> => {
    const bytes = await coded(icc, channels);
    return bytes[0] === 0xff ? bytes : codestreamOf(bytes);
  };
  // As libjxl hands HDR out: a profile whose curves stand in for the codes in it.
  const hdr = async (codes: ColourCodes): Promise<Uint8Array> => {
    const pngColour = { differsFromSrgb: true, chunks: pngChunk('cICP', Uint8Array.of(codes.primaries, codes.transfer, 0, 1)) }; // prettier-ignore
    const colour = await describeColour({ icc: null, exif: null, pngColour });
    return coded(describedProfile(colour!, 'RGB '), 3);
  };
  const boxes = async (channels: 3 | 4): Promise<Uint8Array> =>
    concatBytes([
      box('JXL ', Uint8Array.of(13, 10, 0x87, 10)),
      box('ftyp', latin('jxl \0\0\0\0jxl ')),
      box('Exif', u32(0), told.exif),
      box('xml ', told.xmp),
      box('jxlc', await stream(channels)),
      box('jhgm', Uint8Array.of(0, 0, 0), latin('gain map')),
    ]);
  return {
    ...{ whole: await boxes(3), opacity: await boxes(4), floats: await coded(icc, 3, 'float32') },
    pq: await hdr({ primaries: 9, transfer: 16 }),
    hlg: await hdr({ primaries: 9, transfer: 18 }),
  };
}

function codestreamOf(bytes: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf('jxlc');
  if (at < 0) throw new Error('The encoder wrote the codestream in parts.');
  const { buffer, byteOffset } = bytes;
  return bytes.slice(at + 4, at - 4 + (new DataView(buffer, byteOffset).getUint32(at - 4) || bytes.length)); // prettier-ignore
}

/** JP2 (ISO/IEC 15444-1, annex I): profile, resolution, Exif, XMP, IPTC, and XML of somebody; opacity; gray of 16 bits. */
async function jp2s(): Promise<Record<string, Uint8Array>> {
  const [width, height] = [96, 80];
  const streamOf = (componentCount: 1 | 3 | 4, deep = false): Promise<Uint8Array> => {
    const most = deep ? 65535 : 255;
    const soft = Array.from({ length: width * height * componentCount }, (_, at) => most * (0.5 + 0.4 * Math.sin(at / 120))); // prettier-ignore
    const samples = deep ? Uint16Array.from(soft) : Uint8Array.from(soft);
    return jpeg2000Codestream({ width, height, componentCount, bitsPerSample: deep ? 16 : 8, samples }); // prettier-ignore
  };
  const uuid = (id: Uint8Array, content: Uint8Array): Uint8Array => box('uuid', id, content);
  const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));
  // Numerators and denominators, vertical first, then exponents; pixels per metre (I.5.3.7.1).
  const captured = box('resc', u16(11811, 2, 11811, 1), Uint8Array.of(0, 0));
  return {
    deep: await streamOf(1, true),
    see: jp2File(await streamOf(4), { channels: rgba }),
    whole: jp2File(await streamOf(3), {
      space: icc,
      inside: [box('res ', captured)],
      behind: [
        uuid(latin('JpgTiffExif->JP2'), told.exif),
        uuid(hex('be7acfcb97a942e89c71999491e3afac'), told.xmp),
        uuid(hex('33c7a4d2b81d4723a0baf1a3e097ad38'), told.iptc),
        box('xml ', latin(`<note>${survey}</note>`)),
      ],
    }),
  };
}

/** All files of every format of photos that is opened. */
export async function makeSources(folder: string): Promise<Map<ImageFormat, string[]>> {
  const files = new Map<ImageFormat, string[]>();
  const add = (format: ImageFormat, path: string): void => void files.set(format, [...(files.get(format) ?? []), path]); // prettier-ignore
  for (const format of outputFormats.filter((one) => familyOf(one) !== 'scan'))
    for (const channels of abilitiesOf(format).alpha ? ([3, 4] as const) : ([3] as const))
      add(format, await written(folder, format, channels));
  // ORF is TIFF but for its number, and what is in it counts for its reader.
  const orf = readFileSync(files.get('dng')![0]!);
  orf.write('RO', 2, 'latin1');
  const made = {
    ...{ jpeg: await jpegs(), png: await pngs(), tiff: tiffs(), webp: await webps() },
    ...{ avif: await avifs(), gif: await gifs(), jxl: await jxls(), jp2: await jp2s() },
    raw: { orf },
  };
  for (const [format, all] of Object.entries(made))
    for (const [name, bytes] of Object.entries(all)) {
      const path = join(folder, `made-${name}.${format === 'raw' ? 'orf' : format}`);
      writeFileSync(path, bytes);
      add(format as ImageFormat, path);
    }
  return files;
}
