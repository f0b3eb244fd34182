/** What a file holds beside its picture: it goes on where the format allows, and is named where it does not. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatsFor, type OutputFormat } from '../../../app/contract/index.ts';
import { decodeImage } from '../../../app/pixels/index.ts';
import { PhotoshopResources } from '../../../app/pixels/metadata/photoshop.ts';
import {
  concatBytes,
  layOutDirectory,
  numberEntry,
  tiffHeaderBytes,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { cameraExif, indexOfBytes, requestFor, scratchFolder, writeWhole } from './support.ts';

const folder = scratchFolder();
const latin = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
let jpeg: Buffer;
let png: Buffer;
let files = 0;

beforeAll(async () => {
  const pixels = sharp({ create: { width: 24, height: 16, channels: 3, background: '#4a7' } });
  jpeg = await pixels.clone().jpeg().toBuffer();
  png = await pixels.clone().png().toBuffer();
});

/** Writes a copy of a file; answers its bytes and everything that was said. */
async function copied(
  name: string,
  bytes: Uint8Array,
  format: OutputFormat,
): Promise<{ bytes: Buffer; said: string; path: string }> {
  const source = join(folder, `${files++}-${name}`);
  writeFileSync(source, bytes);
  const path = join(folder, `${files++}.${format}`);
  const from = await decodeImage({ path: source });
  const { notices } = await writeWhole(requestFor(path, format, from));
  const said = [...from.notices, ...notices].map(({ text }) => text).join('\n');
  return { bytes: readFileSync(path), said, path };
}

const segment = (marker: number, payload: Uint8Array): Uint8Array =>
  concatBytes([
    Uint8Array.of(0xff, marker, (payload.length + 2) >> 8, (payload.length + 2) & 255),
    payload,
  ]);
const withSegments = (...segments: Uint8Array[]): Uint8Array =>
  concatBytes([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const body = concatBytes([latin(type), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  bytes.set(body, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
};
/** Behind signature and IHDR, which are 33 bytes; or before IEND, which is 12. */
const withChunk = (extra: Uint8Array, place: 'before' | 'behind' = 'before'): Uint8Array => {
  const at = place === 'before' ? 33 : png.length - 12;
  return concatBytes([png.subarray(0, at), extra, png.subarray(at)]);
};

const film = concatBytes([
  Uint8Array.of(0, 0, 0, 24),
  latin('ftypmp42\0\0\0\0mp42isom'),
  Uint8Array.of(0, 0, 2, 8),
  latin('mdat'),
  new Uint8Array(512).fill(0xd8),
]);
const motionXmp = latin(
  'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ' +
    'xmlns:G="http://ns.google.com/photos/1.0/camera/" xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/" xmlns:dc="http://purl.org/dc/elements/1.1/" ' +
    `G:MotionPhoto="1" G:MotionPhotoVersion="1" G:MicroVideoOffset="${film.length}" dc:format="image/jpeg"><Container:Directory><rdf:Seq>` +
    '<rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg" Item:Semantic="Primary"/></rdf:li>' +
    `<rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="video/mp4" Item:Semantic="MotionPhoto" Item:Length="${film.length}"/></rdf:li>` +
    '</rdf:Seq></Container:Directory></rdf:Description></rdf:RDF></x:xmpmeta>',
);

describe('a motion photo', () => {
  const whole = (...tail: Uint8Array[]): Uint8Array =>
    concatBytes([withSegments(segment(0xe1, motionXmp)), ...tail]);

  it('stays one in JPEG, with what XMP says of it', async () => {
    const { bytes, said } = await copied('motion.jpg', whole(film), 'jpeg');
    expect(bytes.subarray(-film.length).equals(film)).toBe(true);
    expect(said).toBe('');
    for (const kept of [
      'G:MotionPhoto="1"',
      `G:MicroVideoOffset="${film.length}"`,
      'Item:Semantic="MotionPhoto"',
    ])
      // prettier-ignore
      expect(indexOfBytes(bytes, latin(kept))).toBeGreaterThan(0);
  });

  it('and with zeros before the film, or a maker’s tail behind it', async () => {
    const samsung = concatBytes([film, latin('SEFHxxxxSEFT')]);
    for (const tail of [[new Uint8Array(100), film], [samsung]])
      expect(
        (await copied('tail.jpg', whole(...tail), 'jpeg')).bytes
          .subarray(-tail.at(-1)!.length)
          .equals(tail.at(-1)!),
      ).toBe(true);
    const tail = latin('\0\0\0\x01Image_UTC_Data12345SEFH....SEFT');
    expect((await copied('samsung.jpg', concatBytes([jpeg, tail]), 'webp')).said).toContain(
      'data of the camera’s maker behind the picture',
    );
  });

  it.each(formatsFor(null).filter((format) => format !== 'jpeg'))(
    'loses its film in %s, which is said, and XMP no longer speaks of it',
    async (format) => {
      const { path, said } = await copied('motion.jpg', whole(film), format);
      expect(said).toContain('has no place for the film of a motion photo');
      const xmp = new TextDecoder().decode((await decodeImage({ path })).metadata.xmp!);
      expect(xmp).not.toMatch(/MotionPhoto|MicroVideo|Container:Directory/);
      expect(xmp).toContain('dc:format="image/jpeg"');
    },
  );

  it('whose film is gone already says nothing of one', async () => {
    const { bytes, said } = await copied('gone.jpg', whole(), 'jpeg');
    expect(indexOfBytes(bytes, latin('MotionPhoto'))).toBe(-1);
    expect(said).toBe('');
  });

  it('what is of no known kind is named by its size', async () => {
    const { said } = await copied('x.jpg', concatBytes([jpeg, latin('what is this?')]), 'jpeg');
    expect(said).toContain('data of an unknown kind behind the picture (13 bytes)');
  });

  it('further pictures are counted', async () => {
    const { said } = await copied('mpo.jpg', concatBytes([jpeg, jpeg, jpeg]), 'jpeg');
    expect(said).toContain('2 further pictures behind the first');
  });
});

const resource = (id: number, data: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(12);
  head.write('8BIM', 'latin1');
  head.writeUInt16BE(id, 4);
  head.writeUInt32BE(data.length, 8);
  return concatBytes([head, data, new Uint8Array(data.length % 2)]);
};
const knot = (...points: (readonly [number, number])[]): Uint8Array => {
  const record = Buffer.alloc(26);
  record.writeUInt16BE(1, 0);
  points.forEach(([x, y], index) => {
    record.writeInt32BE(Math.round(y * 2 ** 24), 2 + index * 8);
    record.writeInt32BE(Math.round(x * 2 ** 24), 6 + index * 8);
  });
  return record;
};
const path = resource(2000, knot([0.25, 0.5], [0.1, 0.2], [1, 0]));
const clipping = resource(2999, latin('\x06Path 1\0\0\0\0'));
const thumbnail = resource(1036, new Uint8Array(40).fill(0x5e));
const app13 = segment(0xed, concatBytes([latin('Photoshop 3.0\0'), thumbnail, path, clipping]));

describe('a clipping path', () => {
  it.each(['jpeg', 'tiff'] as const)('stays in %s, without the old thumbnail', async (format) => {
    const { bytes, said } = await copied('path.jpg', withSegments(app13), format);
    expect(indexOfBytes(bytes, concatBytes([path, clipping]))).toBeGreaterThan(0);
    expect(indexOfBytes(bytes, thumbnail.subarray(12))).toBe(-1);
    expect(said).toBe('');
  });

  it.each(['png', 'webp', 'avif'] as const)('is missed in %s by its name', async (format) => {
    expect((await copied('path.jpg', withSegments(app13), format)).said).toContain(
      'has no place for a clipping path',
    );
  });

  it('turns with the pixels', () => {
    const turned = PhotoshopResources.of(path)!.bytes({ orientation: 6, width: 24, height: 16 });
    expect(turned).toEqual(resource(2000, knot([0.5, 0.25], [0.8, 0.1], [1, 1])));
  });

  it('comes with the resolution that only Photoshop’s resources say', async () => {
    const info = Buffer.alloc(16);
    info.writeUInt32BE(300 * 65536, 0);
    info.writeUInt32BE(150 * 65536, 8);
    const segments = segment(0xed, concatBytes([latin('Photoshop 3.0\0'), resource(1005, info)]));
    const { path } = await copied('dpi.jpg', withSegments(segments), 'webp');
    expect((await decodeImage({ path })).metadata.resolution).toEqual({ x: 300, y: 150, unit: 'inch' }); // prettier-ignore
  });
});

describe('comments and data of other programs', () => {
  const comment = segment(0xfe, latin('by hand'));
  const thermal = segment(0xe1, latin('FLIR\0\x01\0\0radiometric'));

  it('go from JPEG to JPEG byte for byte, and are named elsewhere', async () => {
    const bytes = withSegments(comment, thermal);
    const kept = await copied('camera.jpg', bytes, 'jpeg');
    expect(indexOfBytes(kept.bytes, comment)).toBeGreaterThan(0);
    expect(indexOfBytes(kept.bytes, thermal)).toBeGreaterThan(0);
    expect(kept.said).toBe('');
    const { said } = await copied('camera.jpg', bytes, 'tiff');
    expect(said).toContain('has no place for a text comment');
    expect(said).toContain('(APP1 FLIR)');
  });

  it.each(['before', 'behind'] as const)(
    'go from PNG to PNG when they stand %s the pixels',
    async (place) => {
      const text = chunk('tEXt', latin('Title\0Harbour'));
      const scale = chunk('sCAL', latin('\x010.001\x000.001'));
      const bytes = withChunk(concatBytes([text, scale]), place);
      const kept = await copied('text.png', bytes, 'png');
      expect(indexOfBytes(kept.bytes, text)).toBeGreaterThan(0);
      expect(indexOfBytes(kept.bytes, scale)).toBeGreaterThan(0);
      expect(kept.said).toBe('');
      const { said } = await copied('text.png', bytes, 'jpeg');
      expect(said).toContain('a text “Title”');
      expect(said).toContain('(sCAL)');
    },
  );
});

describe('EXIF that stands in the text of a PNG', () => {
  const exif = cameraExif({ littleEndian: true, orientation: 1 });
  const raw = (name: string, bytes: Uint8Array): string =>
    `\n${name}\n${String(bytes.length).padStart(8)}\n${Buffer.from(bytes).toString('hex').replace(/(.{72})/g, '$1\n')}\n`; // prettier-ignore

  it.each([
    ['exif', 'zTXt', concatBytes([latin('Exif\0\0'), exif])],
    ['APP1', 'tEXt', concatBytes([latin('Exif\0\0'), exif])],
    ['exif', 'tEXt', exif],
  ] as const)('as profile %s in %s is EXIF', async (name, type, bytes) => {
    const text = latin(raw(name.toLowerCase(), bytes));
    const data = type === 'zTXt' ? concatBytes([Uint8Array.of(0), deflateSync(text)]) : text;
    const file = withChunk(chunk(type, concatBytes([latin(`Raw profile type ${name}\0`), data])));
    const { path, said } = await copied('raw.png', file, 'jpeg');
    expect((await decodeImage({ path })).metadata).toMatchObject({ camera: 'Canon EOS R6', iso: 6400 }); // prettier-ignore
    expect(said).toBe('');
  });

  it('and IPTC too', async () => {
    const iptc = Uint8Array.of(0x1c, 2, 120, 0, 3, 0x61, 0x62, 0x63);
    const profile = latin(`Raw profile type iptc\0${raw('iptc', resource(0x404, iptc))}`);
    const { path } = await copied('iptc.png', withChunk(chunk('tEXt', profile)), 'tiff');
    expect((await decodeImage({ path })).metadata.iptc).toEqual(iptc);
  });
});

describe('what no result keeps is named', () => {
  const tiffWith = (tag: number): Uint8Array => {
    const entries = (strip: number) => [
      ...([[256, 2], [257, 1], [258, 8], [259, 1], [262, 1], [277, 1], [278, 1]] as const).map(([at, value]) => numberEntry(at, 3, [value], true)), // prettier-ignore
      numberEntry(273, 4, [strip], true),
      numberEntry(279, 4, [2], true),
      { tag, type: 7, count: 6, value: latin('Adobe ') },
    ];
    const length = layOutDirectory(entries(0), 8, true).length;
    const directory = layOutDirectory(entries(8 + length), 8, true);
    return concatBytes([tiffHeaderBytes(true, 8), directory, Uint8Array.of(9, 200)]);
  };

  it.each([
    [37724, 'the layers of Photoshop'],
    [50839, 'ImageJ’s overlays'],
    [52545, 'Content Credentials (C2PA)'],
    [33628, 'a microscope’s own description of its stack (MetaMorph)'],
    [301, 'a curve, a white or primaries of its colours'],
    [319, 'a curve, a white or primaries of its colours'],
    [290, 'a curve, a white or primaries of its colours'],
    [343, 'a clipping path'],
    [330, 'further pictures in sub-directories'],
  ])('in the tag %i of TIFF', async (tag, words) => {
    const { said } = await copied('tag.tif', tiffWith(tag), 'tiff');
    expect(said).toContain(words);
  });

  it('Content Credentials of JPEG, PNG and WebP, and what XMP says of them', async () => {
    const jumbf = segment(0xeb, latin('JP\0\x01\0\0\0\x01\0\0\0\x20jumb\0\0\0\x18jumdc2pa'));
    const riff = concatBytes([
      ...[
        await sharp(png).webp().toBuffer(),
        latin('C2PA'),
        Uint8Array.of(4, 0, 0, 0),
        latin('abcd'),
      ],
    ]);
    new DataView(riff.buffer).setUint32(4, riff.length - 8, true);
    for (const [name, bytes] of [
      ['signed.jpg', withSegments(jumbf)],
      ['signed.png', withChunk(chunk('caBX', latin('jumb')))],
      ['signed.webp', riff],
    ] as const)
      expect((await copied(name, bytes, 'png')).said).toContain('Content Credentials (C2PA)');
  });
});

describe('what Photoshop notes', () => {
  const printing = resource(1071, latin('print'));
  const slices = resource(1050, latin('slices'));
  const guide = (at: number, isHorizontal: boolean): Uint8Array => {
    const bytes = Buffer.alloc(5);
    bytes.writeInt32BE(at * 32);
    bytes[4] = isHorizontal ? 1 : 0;
    return bytes;
  };
  const guides = (...all: Uint8Array[]): Uint8Array => {
    const head = Buffer.from([0, 0, 0, 1, 0, 0, 2, 64, 0, 0, 2, 64, 0, 0, 0, all.length]);
    return resource(1032, concatBytes([head, ...all]));
  };
  const made = (...all: Uint8Array[]): Uint8Array =>
    withSegments(segment(0xed, concatBytes([latin('Photoshop 3.0\0'), ...all])));

  it.each(['jpeg', 'tiff'] as const)('of guides and printing stays in %s', async (format) => {
    const kept = concatBytes([printing, guides(guide(6, false), guide(4, true))]);
    const { bytes, said } = await copied('guides.jpg', made(thumbnail, kept), format);
    expect(indexOfBytes(bytes, kept)).toBeGreaterThan(0);
    expect(said).toBe('');
  });

  it.each(['png', 'webp', 'avif'] as const)('is missed in %s by its names', async (format) => {
    const { said } = await copied('guides.jpg', made(printing, guides(guide(6, false))), format);
    expect(said).toContain('has no place for guides of Photoshop');
    expect(said).toContain('has no place for settings of Photoshop for printing and light');
  });

  it('says nothing of a grid without guides', async () => {
    expect((await copied('grid.jpg', made(guides()), 'png')).said).toBe('');
  });

  it('of slices stays behind, with its numbers, in JPEG and TIFF', async () => {
    const { path, said } = await copied('slices.jpg', made(slices, printing), 'jpeg');
    expect(said).toContain('what Photoshop noted of the file as it was (resources 1050)');
    expect(indexOfBytes(readFileSync(path), slices)).toBe(-1);
    const tag = (strip: number) => [...([[256, 2], [257, 1], [258, 8], [259, 1], [262, 1], [277, 1], [278, 1]] as const).map(([at, value]) => numberEntry(at, 3, [value], true)), numberEntry(273, 4, [strip], true), numberEntry(279, 4, [2], true), { tag: 34377, type: 1, count: slices.length, value: slices }]; // prettier-ignore
    const { length } = layOutDirectory(tag(0), 8, true);
    const tiff = concatBytes([tiffHeaderBytes(true, 8), layOutDirectory(tag(8 + length), 8, true), Uint8Array.of(9, 200)]); // prettier-ignore
    expect((await copied('slices.tif', tiff, 'tiff')).said).toContain('(resources 1050)');
  });

  it.each([
    [1, [6, false], [4, true]],
    [2, [18, false], [4, true]],
    [3, [18, false], [12, true]],
    [4, [6, false], [12, true]],
    [5, [6, true], [4, false]],
    [6, [6, true], [12, false]],
    [7, [18, true], [12, false]],
    [8, [18, true], [4, false]],
  ] as [number, [number, boolean], [number, boolean]][])(
    'turns its guides with the pixels: orientation %i',
    (orientation, ...wanted) => {
      const stored = guides(guide(6, false), guide(4, true));
      const turned = PhotoshopResources.of(stored)!.bytes({ orientation, width: 24, height: 16 });
      expect(turned).toEqual(guides(...wanted.map((one) => guide(...one))));
    },
  );

  it('and its guides shrink with the picture', () => {
    const stored = PhotoshopResources.of(guides(guide(6, false), guide(4, true)))!;
    expect(stored.scaled(0.5).bytes(null)).toEqual(guides(guide(3, false), guide(2, true)));
  });
});

describe('what a PNG says of how it is shown', () => {
  it.each([
    ['bKGD', Uint8Array.of(0, 255, 0, 255, 0, 255), 'a colour of the background'],
    ['sBIT', Uint8Array.of(5, 6, 5), 'how many of its bits were significant'],
    ['sPLT', latin('few\0\x08abcdef'), 'counts or suggestions of colours'],
    ['hIST', Uint8Array.of(0, 1), 'counts or suggestions of colours'],
  ] as const)('in %s is named', async (type, data, words) => {
    expect((await copied('shown.png', withChunk(chunk(type, data)), 'png')).said).toContain(words);
  });

  it.each([
    ['sBIT', Uint8Array.of(8, 8, 8)],
    ['tIME', Uint8Array.of(7, 228, 1, 2, 3, 4, 5)],
    ['iDOT', new Uint8Array(28)],
  ] as const)('in %s tells nothing that a copy lacks', async (type, data) => {
    expect((await copied('shown.png', withChunk(chunk(type, data)), 'png')).said).toBe('');
  });
});

describe('XMP that goes on in further segments', () => {
  const fingerprint = '0123456789ABCDEF0123456789ABCDEF';
  const xmp = (attributes: string): string =>
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmlns:GDepth="http://ns.google.com/photos/1.0/depthmap/" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="harbour" ${attributes}/></rdf:RDF></x:xmpmeta>`;
  const first = latin(`http://ns.adobe.com/xap/1.0/\0${xmp(`GDepth:Near="1.5" xmpNote:HasExtendedXMP="${fingerprint}"`)}`); // prettier-ignore
  const rest = (attributes: string): Uint8Array[] => {
    const text = Buffer.from(xmp(attributes), 'latin1');
    const half = text.length >> 1;
    return [0, half].map((at) => {
      const place = Buffer.alloc(8);
      place.writeUInt32BE(text.length);
      place.writeUInt32BE(at, 4);
      const some = text.subarray(at, at === 0 ? half : undefined);
      return segment(0xe1, concatBytes([latin(`http://ns.adobe.com/xmp/extension/\0${fingerprint}`), place, some])); // prettier-ignore
    });
  };
  const oriented = segment(0xe1, concatBytes([latin('Exif\0\0'), cameraExif({ littleEndian: true, orientation: 6 })])); // prettier-ignore
  const depth = rest('GDepth:Data="/9j/4AAQSkZJRg=="');

  it('stays in JPEG with the depth map in it, and is found by exiftool’s rules', async () => {
    const { bytes, said } = await copied('depth.jpg', withSegments(segment(0xe1, first), ...depth), 'jpeg'); // prettier-ignore
    expect(indexOfBytes(bytes, concatBytes(depth))).toBeGreaterThan(0);
    expect(indexOfBytes(bytes, latin(`HasExtendedXMP="${fingerprint}"`))).toBeGreaterThan(0);
    expect(said).toBe('');
  });

  it.each(['png', 'tiff', 'webp', 'avif'] as const)(
    'is missed in %s by what it holds, and the packet no longer speaks of it',
    async (format) => {
      const { path, said } = await copied('depth.jpg', withSegments(segment(0xe1, first), ...depth), format); // prettier-ignore
      expect(said).toContain('has no place for a depth map');
      expect(said).not.toContain('extended part');
      const packet = new TextDecoder().decode((await decodeImage({ path })).metadata.xmp!);
      expect(packet).not.toMatch(/HasExtendedXMP|GDepth:/);
      expect(packet).toContain('harbour');
    },
  );

  it('and of a picture that is turned, which it would lie across', async () => {
    const file = withSegments(oriented, segment(0xe1, first), ...depth);
    const { bytes, said } = await copied('turned.jpg', file, 'jpeg');
    expect(said).toContain('holds a depth map, which results do not keep');
    expect(indexOfBytes(bytes, latin('HasExtendedXMP'))).toBe(-1);
    const within = segment(0xe1, latin(`http://ns.adobe.com/xap/1.0/\0${xmp('GDepth:Data="/9j/4AAQ"')}`)); // prettier-ignore
    const small = await copied('small.jpg', withSegments(oriented, within), 'jpeg');
    expect(small.said).toContain('holds a depth map, which results do not keep');
    expect(indexOfBytes(small.bytes, latin('GDepth:Data'))).toBe(-1);
    expect(indexOfBytes((await copied('upright.jpg', withSegments(within), 'png')).bytes, latin('GDepth:Data'))).toBeGreaterThan(0); // prettier-ignore
  });

  it('without anything known in it is an extended part', async () => {
    const file = withSegments(segment(0xe1, first), ...rest('dc:title="long"'));
    expect((await copied('long.jpg', file, 'webp')).said).toContain('an extended part of XMP');
  });
});
