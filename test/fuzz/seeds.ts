/** What the fuzzed parsers begin with: small files with all metadata, made here, and those of the repository. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { dataPack, repositoryRoot } from '../data.ts';

export const bytesOfText = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Files of the repository, by folder and ending. */
export const filesOf = (folder: string, ending: string): Uint8Array[] =>
  readdirSync(join(repositoryRoot, folder))
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => Uint8Array.from(readFileSync(join(repositoryRoot, folder, name))));

/** Small inputs that were kept for a parser, in test/fuzz/corpus/<parser>. */
export function corpusOf(parser: string): Uint8Array[] {
  const folder = `test/fuzz/corpus/${parser}`;
  return existsSync(join(repositoryRoot, folder)) ? filesOf(folder, '') : [];
}

/** Small hostile files of the data pack, where it is here; for long runs. */
export function hostileFiles(most = 200, longest = 64 * 1024): Uint8Array[] {
  const folder = dataPack && join(dataPack, 'hostile');
  if (!folder || !existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => {
      const { size } = statSync(path);
      return statSync(path).isFile() && size > 0 && size <= longest;
    })
    .slice(0, most)
    .map((path) => Uint8Array.from(readFileSync(path)));
}

export const xmpPacket = `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:hourglass="https://hourglass.invalid/ns/1.0/"
 xmpNote:HasExtendedXMP="0123" tiff:Orientation="6" hdrgm:Version="1.0">
<tiff:Orientation>6</tiff:Orientation><xmp:Thumbnails><rdf:Alt/></xmp:Thumbnails>
<Container:Directory><rdf:Seq/></Container:Directory><hdrgm:GainMapMax>1</hdrgm:GainMapMax>
<hourglass:processed><rdf:Seq></rdf:Seq></hourglass:processed>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;

export const xmpWords = [
  '<xmp:Thumbnails>',
  '</xmp:Thumbnails>',
  '<Container:Directory>',
  '<hdrgm:GainMapMax>',
  ' hdrgm:Version = "',
  ' xmpNote:HasExtendedXMP="',
  '<rdf:Description ',
  ' rdf:about="',
  '</rdf:RDF>',
  '<hourglass:processed><rdf:Seq>',
  'tiff:Orientation = "',
  '<tiff:Orientation>',
].map(bytesOfText);

export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff';

const made = new Map<PictureFormat, Promise<Uint8Array>>();

/** 16 × 16 pixels with profile, EXIF and XMP. */
export function pictureFile(format: PictureFormat): Promise<Uint8Array> {
  const known = made.get(format);
  if (known) return known;
  const data = Buffer.from(Array.from({ length: 16 * 16 * 3 }, (_, i) => (i * 37) & 0xff));
  const picture = sharp(data, { raw: { width: 16, height: 16, channels: 3 } })
    .withIccProfile('srgb')
    .withExif({
      IFD0: { Make: 'Hourglass', Model: 'Hourglass One', Software: 'seed' },
      IFD2: { ISOSpeedRatings: '400', ExposureTime: '1/60' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' },
    })
    .withXmp(xmpPacket)
    .toFormat(format, { effort: format === 'avif' ? 0 : undefined } as object)
    .toBuffer()
    .then((file) => Uint8Array.from(file));
  made.set(format, picture);
  return picture;
}

/** What a decoder finds beside the pixels of a picture. */
export async function blobsOf(kind: 'exif' | 'icc'): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for (const format of ['jpeg', 'tiff'] as const) {
    const blob = (await sharp(await pictureFile(format)).metadata())[kind];
    if (blob) found.push(Uint8Array.from(blob));
  }
  return found;
}

/** A PNG's chunks of colour, text and time before its pixels; checksums do not matter here. */
export function pngOfChunks(): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Uint8Array[] => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, data.length);
    return [length, bytesOfText(type), data, new Uint8Array(4)];
  };
  return Uint8Array.from(
    Buffer.concat([
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      ...chunk('IHDR', Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0)),
      ...chunk('acTL', new Uint8Array(8)),
      ...chunk('gAMA', Uint8Array.of(0, 0, 0xb1, 0x8f)),
      ...chunk('cHRM', new Uint8Array(32)),
      ...chunk('cICP', Uint8Array.of(1, 13, 0, 1)),
      ...chunk('tEXt', bytesOfText('Comment\0hello')),
      ...chunk('iTXt', bytesOfText('XML:com.adobe.xmp\0\0\0\0\0<x/>')),
      ...chunk('IDAT', deflateSync(new Uint8Array(4))),
      ...chunk('IEND', new Uint8Array(0)),
    ]),
  );
}

/** Image resources of Photoshop with an IIM stream, as JPEG and TIFF carry it. */
export function photoshopBlock(): Uint8Array {
  const iim = Uint8Array.of(0x1c, 2, 5, 0, 4, 0x6e, 0x61, 0x6d, 0x65);
  return Uint8Array.from(
    Buffer.concat([
      bytesOfText('Photoshop 3.0\0'),
      bytesOfText('8BIM'),
      Uint8Array.of(0x04, 0x25, 0, 0, 0, 0, 0, 2, 1, 2),
      bytesOfText('8BIM'),
      Uint8Array.of(0x04, 0x04, 0, 0, 0, 0, 0, iim.length),
      iim,
      Uint8Array.of(0),
    ]),
  );
}
