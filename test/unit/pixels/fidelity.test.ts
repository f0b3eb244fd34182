/**
 * What of a file survives in another format: the manual's page `docs/manual/fidelity.md`, made from files that are written
 * and read again, and held fresh here. `UPDATE_FIDELITY=1` writes it. exiftool, where it is installed, reads the results too.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format as pretty, resolveConfig } from 'prettier';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  abilitiesOf,
  formatsFor,
  labelOf,
  outputFormats,
  type OutputFormat,
} from '../../../app/contract/index.ts';
import { decodeImage, type DecodedImage } from '../../../app/pixels/index.ts';
import { rawReader } from '../../../app/raw/reader.ts';
import { PhotoshopResources } from '../../../app/pixels/metadata/photoshop.ts';
import { linearOf, makeDng, scene } from '../raw/make-dng.ts';
import { cameraExif, imageOf, indexOfBytes, makerNoteBytes, noiseRaster, primaries, requestFor, rgbProfile, scratchFolder, writeWhole } from './support.ts'; // prettier-ignore

const folder = scratchFolder();
const readers = { dng: rawReader, raw: rawReader };
const page = join(import.meta.dirname, '../../../docs/manual/fidelity.md');
const latin = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const hasExiftool = spawnSync('exiftool', ['-ver']).status === 0;

const xmp = latin(
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"><dc:source>harbour</dc:source>' +
    '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource"><mwg-rs:Area stArea:x="0.25" stArea:y="0.5" stArea:w="0.1" stArea:h="0.2" stArea:unit="normalized"/><mwg-rs:Name>Face</mwg-rs:Name></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions></rdf:Description></rdf:RDF></x:xmpmeta>',
);
const path = latin('8BIM\x07\xd0\0\0\0\0\0\x1a' + '\0'.repeat(26));

/** What is asked of a source and of what was made of it: a text, or null where it is not there. */
const questions: Readonly<Record<string, { of(image: DecodedImage): string | null; said: RegExp }>> = {
  'bits per sample': { of: ({ raster }) => raster.sampleType, said: /bits per sample/ },
  'colour profile': { of: ({ metadata }) => metadata.profileName, said: /profile|colours/ },
  EXIF: { of: ({ metadata: { camera, iso } }) => camera && `${camera} ${iso}`, said: /EXIF/ },
  'maker note': {
    of: (image) => (indexOfBytes(readFileSync(image.path), makerNoteBytes) > 0 ? 'there' : null),
    said: /maker note/,
  },
  XMP: { of: (image) => /harbour/.exec(packet(image))?.[0] ?? null, said: /XMP/ },
  regions: { of: (image) => /stArea:x="[\d.]+"/.exec(packet(image))?.[0] ?? null, said: /XMP/ },
  IPTC: { of: ({ metadata }) => metadata.iptc && Buffer.from(metadata.iptc).toString('hex'), said: /IPTC/ },
  resolution: { of: ({ metadata: { resolution } }) => resolution && perInch(resolution), said: /resolution/ },
  'file dates': { of: (image) => String(Math.round(statSync(image.path).mtimeMs)), said: /date/ },
  opacity: { of: ({ raster }) => (raster.hasAlpha ? 'there' : null), said: /transparen/ },
  paths: { of: ({ metadata }) => (metadata.photoshop ? 'there' : null), said: /paths/ },
  'comments, text': { of: ({ metadata }) => (metadata.attachments ? 'there' : null), said: /text/ },
}; // prettier-ignore

const packet = ({ metadata }: DecodedImage): string =>
  metadata.xmp ? Buffer.from(metadata.xmp).toString() : '';
const perInch = ({ x, y, unit }: NonNullable<DecodedImage['metadata']['resolution']>): string =>
  [x, y].map((one) => Math.round(one * { inch: 1, centimetre: 2.54, metre: 0.0254, none: 0 }[unit])).join(' × '); // prettier-ignore

/** A file of a format that holds all that the format can. */
async function sourceOf(format: OutputFormat, channels: 3 | 4): Promise<DecodedImage> {
  const sampleType = abilitiesOf(format).samples.includes('uint16') ? 'uint16' : 'uint8';
  const raster = noiseRaster({ width: 24, height: 16, channels, sampleType });
  const comments = {
    jpeg: latin('\xff\xfe\0\x04hi'),
    png: latin('\0\0\0\x07tEXtTitle\0a\xf0\x3e\x8d\x5d'),
  };
  const holds = format === 'jpeg' || format === 'png' ? [format] : [];
  const image = imageOf(raster, {
    exif: cameraExif({ littleEndian: true, orientation: 1 }),
    ...{ xmp, iptc: Uint8Array.of(0x1c, 2, 120, 0, 1, 0x61) },
    icc: rgbProfile('Display P3 test', primaries.displayP3, null),
    photoshop: PhotoshopResources.of(path),
    resolution: { x: 300, y: 150, unit: 'inch' },
    attachments: holds.map((of) => ({ format: of, place: 'head', bytes: comments[of], what: () => 'a text' }) as const),
  }); // prettier-ignore
  const file = join(folder, `source-${channels}.${format}`);
  const from = format === 'dng' ? await developed(image) : image;
  await writeWhole(requestFor(file, format, from, { quality: 100 }));
  return decodeImage({ path: file, readers });
}

/** A picture of a camera with the metadata of another. */
async function developed({ metadata }: DecodedImage): Promise<DecodedImage> {
  // LibRaw opens nothing smaller than 22 pixels a side.
  const size = { width: 48, height: 32 };
  const file = join(folder, 'camera.dng');
  writeFileSync(file, makeDng({ ...size, pattern: null, samples: linearOf(scene(48, 32)) }));
  const camera = await decodeImage({ path: file, readers });
  const { icc, profileName, cameraSpace } = camera.metadata;
  return { ...camera, metadata: { ...metadata, photoshop: null, icc, profileName, cameraSpace: cameraSpace! } };
} // prettier-ignore

type Cell = 'kept' | 'converted' | 'said' | 'refused' | '–' | 'silent';
const cells = new Map<string, Cell>();
const results: string[] = [];

beforeAll(async () => {
  for (const from of outputFormats) {
    const sources = { 3: await sourceOf(from, 3), 4: abilitiesOf(from).alpha ? await sourceOf(from, 4) : null }; // prettier-ignore
    for (const to of formatsFor(from)) {
      for (const [what, { of, said }] of Object.entries(questions)) {
        const source = sources[what === 'opacity' ? 4 : 3];
        const had = source && of(source);
        const key = `${from} ${to} ${what}`;
        if (!source || had === null) {
          cells.set(key, '–');
          continue;
        }
        const file = join(folder, `${from}-${what === 'opacity' ? 4 : 3}.${to}`);
        const made = await writeWhole(requestFor(file, to, source, { overwrite: true })).catch(
          (error: Error) => error,
        );
        if (made instanceof Error) {
          cells.set(key, said.test(made.message) ? 'refused' : 'silent');
          continue;
        }
        if (!results.includes(file)) results.push(file);
        const has = of(await decodeImage({ path: file, readers }));
        const told = made.notices.some(({ text }) => said.test(text));
        cells.set(key, has === had ? (told ? 'converted' : 'kept') : told ? 'said' : 'silent');
      }
    }
  }
}, 120_000);

const table = (): string => {
  const head = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const names = Object.keys(questions);
  return outputFormats
    .map((from) =>
      [
        `## From ${labelOf(from)}`,
        '',
        head(['', ...formatsFor(from).map(labelOf)]),
        head(Array.from({ length: formatsFor(from).length + 1 }, () => '---')),
        ...names
          .filter((what) => cells.get(`${from} ${from} ${what}`) !== '–')
          .map((what) => head([what, ...formatsFor(from).map((to) => cells.get(`${from} ${to} ${what}`)!)])),
      ].join('\n'),
    )
    .join('\n\n'); // prettier-ignore
};

describe('what survives', () => {
  it('is never lost in silence', () => {
    expect([...cells].filter(([, cell]) => cell === 'silent').map(([key]) => key)).toEqual([]);
  });

  it('is the page of the manual', async () => {
    const text =
      '<!-- Made by `UPDATE_FIDELITY=1 npx vitest run test/unit/pixels/fidelity.test.ts` from files that were written and read again. -->\n\n' +
      '# What survives in which format\n\n_kept_: the same in the result. _converted_: there in another form, which the result says. _said_: not in the result, which says so by name. ' +
      '_refused_: not written at all, with the formats that would do. File for file, without cleaning in between; what a format can not hold in the first place is not listed. ' +
      'DNG is written only of camera raw files (DNG and others), and holds their colours by its own tags.\n\n' +
      `${table()}\n`;
    const formatted = await pretty(text, { ...(await resolveConfig(page)), parser: 'markdown' });
    if (process.env.UPDATE_FIDELITY) writeFileSync(page, formatted);
    expect(readFileSync(page, 'utf8')).toBe(formatted);
  });

  it.skipIf(!hasExiftool)('is what exiftool reads', () => {
    const answer = execFileSync('exiftool', ['-j', '-n', '-G0', '-a', ...results], { maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'ignore'] }); // prettier-ignore
    const read = JSON.parse(answer.toString()) as Record<string, unknown>[];
    expect(read).toHaveLength(results.length);
    for (const one of read)
      expect(one).toMatchObject({
        'EXIF:Model': 'Canon EOS R6',
        'EXIF:ISO': 6400,
        'XMP:Source': 'harbour',
        'XMP:RegionAreaX': 0.25,
        ...(String(one.SourceFile).endsWith('.dng')
          ? { 'EXIF:PhotometricInterpretation': 34892, 'EXIF:UniqueCameraModel': 'Test Synth' }
          : {
              'ICC_Profile:ProfileDescription': expect.stringMatching(
                /Display P3 test|ProPhoto RGB/,
              ),
            }),
      });
  });
});
