/** The commands of the latent codec with the real model, on small pictures. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LatentInfo } from '../../../app/contract/latent.ts';
import { decodeImage } from '../../../app/pixels/index.ts';
import type { Size } from '../../../app/pixels/raster.ts';
import { openLatentFile } from '../../../app/latent/container/index.ts';
import { codecOf, withCoder } from '../../../app/latent/codec.ts';
import { decodeRaster } from '../../../app/latent/open-picture.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import {
  createTestEngine,
  drawing,
  hasLatentModel,
  largestDifference,
  pixelsOf,
  writePhoto,
  type TestEngine,
} from './codec-support.ts';

let folder = '';
let engine: TestEngine;
/** As any command that reads a file gets it, latent files included. */
const decoded = (path: string) =>
  engine.services.documents.sourceImage({
    document: undefined,
    path,
    maxMegapixels: 100,
    signal: new AbortController().signal,
  });
const latentInfo = async (input: { readonly source: string }) =>
  (await engine.run('info', input)) as LatentInfo;
const at = (name: string): string => join(folder, name);
const patience = 180_000;

beforeAll(async () => {
  await buildAppIfStale();
  folder = await mkdtemp(join(tmpdir(), 'latent-'));
  engine = createTestEngine();
  await writePhoto(at('photo.png'));
}, 300_000);
afterAll(async () => {
  await engine.services.inference.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(hasLatentModel)('a photo', () => {
  let encoded: Awaited<ReturnType<typeof engine.run<'encode'>>>;
  beforeAll(async () => {
    encoded = await engine.run('encode', { source: at('photo.png'), quality: 60, psnr: true });
  }, patience);

  it('becomes a small file that looks the same, and says so', () => {
    expect(encoded.output).toBe(at('photo.hgl'));
    expect(encoded.bytes).toBe(statSync(at('photo.hgl')).size);
    expect(encoded.bytes).toBeLessThan(encoded.sourceBytes / 2);
    expect(encoded.bitsPerPixel).toBeCloseTo((8 * encoded.bytes) / 576 ** 2, 9);
    expect(encoded.psnr).toBeGreaterThan(32);
    expect(encoded).toMatchObject({ width: 576, height: 576, quality: 60, step: 53, tiles: 4 });
  });

  it(
    'has the same latents in encode, decode, verify and info, by any number of threads',
    async () => {
      const hashes = new Set([encoded.hash]);
      for (const threads of [1, 2]) {
        const checked = await engine.run('verify', { source: at('photo.hgl'), threads });
        expect(checked).toMatchObject({ ok: true, damaged: [], problems: [], tiles: 4 });
        hashes.add(checked.hash);
        const out = at(`threads-${threads}.png`);
        hashes.add((await engine.run('decode', { source: at('photo.hgl'), out, threads })).hash!);
      }
      const again = await engine.run('encode', {
        ...{ source: at('photo.png'), out: at('again.hgl'), threads: 1 },
      });
      hashes.add(again.hash);
      hashes.add((await latentInfo({ source: at('photo.hgl') })).hash!);
      expect([...hashes]).toEqual([encoded.hash]);
      expect(readFileSync(at('again.hgl'))).toEqual(readFileSync(at('photo.hgl')));
      const one = await pixelsOf(at('threads-1.png'));
      expect(largestDifference(one, await pixelsOf(at('threads-2.png')))).toBe(0);
    },
    patience,
  );

  it(
    'decodes alike however the network’s tiles lie, and in parts',
    async () => {
      const file = await openLatentFile(at('photo.hgl'));
      const codec = await codecOf('photo.hgl', file.header.model, engine.services);
      const context = { signal: new AbortController().signal, progress: () => undefined };
      const rasters = await withCoder(codec, undefined, async (coder) => {
        const decoded = [];
        for (const side of [256, 416, 672])
          decoded.push(
            await decodeRaster(
              { file, name: 'photo.hgl', coder, device: 'cpu', side },
              codec,
              context,
              engine.services,
            ),
          );
        return decoded;
      });
      await file.close();
      const [first, ...others] = rasters.map(({ raster, hash }) => {
        expect(hash).toBe(encoded.hash);
        return { ...raster, samples: raster.data as Uint8Array };
      });
      for (const other of others) expect(largestDifference(first!, other)).toBeLessThanOrEqual(1);
      const region = { x: 97, y: 201, width: 310, height: 333 };
      const part = await engine.run('decode', {
        ...{ source: at('photo.hgl'), out: at('part.png'), region },
      });
      expect(part).toMatchObject({ width: 310, height: 333, hash: null, damaged: [] });
      expect(largestDifference(first!, await pixelsOf(at('part.png')), region)).toBeLessThanOrEqual(
        1,
      );
    },
    patience,
  );

  it(
    'decodes in 8 bits to the same latents, and to pixels within one step of 8 bits',
    async () => {
      const decoded = [];
      for (const precision of ['fp32', 'int8'] as const) {
        const out = at(`${precision}.png`);
        const made = await engine.run('decode', { source: at('photo.hgl'), out, precision });
        expect(made).toMatchObject({ hash: encoded.hash, model: { precision } });
        decoded.push(await pixelsOf(out));
      }
      expect(largestDifference(decoded[0]!, decoded[1]!)).toBe(1);
    },
    patience,
  );

  it('opens like an image, with a thumbnail from its previews', { timeout: patience }, async () => {
    const image = await decoded(at('photo.hgl'));
    expect(image).toMatchObject({ format: 'hgl', notices: [], bytes: encoded.bytes });
    const opened = { ...image.raster, samples: image.raster.data as Uint8Array };
    expect(largestDifference(opened, await pixelsOf(at('threads-1.png')))).toBe(0);
    const thumbnail = await engine.services.documents.thumbnail(at('photo.hgl'));
    writeFileSync(at('thumbnail.png'), thumbnail);
    const small = await sharp(at('photo.png')).resize(72, 72, { kernel: 'cubic' }).toBuffer();
    writeFileSync(at('small.png'), small);
    const [a, b] = [await pixelsOf(at('thumbnail.png')), await pixelsOf(at('small.png'))];
    expect([a.width, a.height]).toEqual([72, 72]);
    let sum = 0;
    for (let i = 0; i < 72 * 72; i++)
      for (let c = 0; c < 3; c++)
        sum += Math.abs(a.samples[i * a.channels + c]! - b.samples[i * b.channels + c]!);
    expect(sum / (72 * 72 * 3)).toBeLessThan(6);
  });

  it(
    'fits into a size that is asked for, and says when it can not',
    async () => {
      const limit = Math.round(encoded.bytes * 0.6);
      const source = at('photo.png');
      const fitted = await engine.run('encode', {
        ...{ source, out: at('fitted.hgl'), size: String(limit) },
      });
      expect(fitted.bytes).toBeLessThanOrEqual(limit);
      const better = await engine.run('encode', {
        ...{ source, out: at('better.hgl'), quality: fitted.quality + 1 },
      });
      expect(better.bytes).toBeGreaterThan(limit);
      // To the byte: a file of exactly the size that was asked for fits.
      const exact = await engine.run('encode', {
        ...{ source, out: at('exact.hgl'), size: String(fitted.bytes) },
      });
      expect([exact.quality, exact.bytes]).toEqual([fitted.quality, fitted.bytes]);
      await expect(
        engine.run('encode', { source, out: at('tiny.hgl'), size: '200' }),
      ).rejects.toMatchObject({ code: 'size-not-met' });
    },
    patience,
  );

  it(
    'loses one tile where one is damaged, and names it',
    async () => {
      const file = await openLatentFile(at('photo.hgl'));
      const { tiles } = file.info;
      await file.close();
      const bytes = readFileSync(at('photo.hgl'));
      // The rest of the last tile lies just before the hash of 16 bytes.
      const last = bytes.length - 16 - Math.floor(tiles[3]!.restBytes / 2);
      bytes[last]! ^= 0x40;
      writeFileSync(at('hurt.hgl'), bytes);
      const checked = await engine.run('verify', { source: at('hurt.hgl') });
      expect(checked.damaged).toEqual([{ column: 1, row: 1, state: 'preview' }]);
      expect(checked.ok).toBe(false);
      expect(checked.hash).not.toBe(encoded.hash);
      const decoded = await engine.run('decode', { source: at('hurt.hgl'), out: at('hurt.png') });
      expect(decoded.damaged).toEqual(checked.damaged);
      expect(decoded.notices.map(({ text }) => text).join()).toMatch(
        /1 of 4 tiles .* coarse .*column 1, row 1/,
      );
      const { tiles: states } = await latentInfo({ source: at('hurt.hgl') });
      expect(states.map(({ state }) => state)).toEqual(['intact', 'intact', 'intact', 'preview']);
      // Beyond the network's reach nothing has changed, bit for bit.
      const reach = 64;
      const [whole, hurt] = [await pixelsOf(at('threads-1.png')), await pixelsOf(at('hurt.png'))];
      const far = (x: number, y: number): boolean => x < 512 - reach || y < 512 - reach;
      expect(largestDifference(whole, hurt, { x: 0, y: 0 }, far)).toBe(0);
      expect(largestDifference(whole, hurt)).toBeGreaterThan(0);
    },
    patience,
  );

  it('stops when told, and leaves nothing', { timeout: patience }, async () => {
    const controller = new AbortController();
    const running = engine.run(
      'encode',
      { source: at('photo.png'), out: at('stopped.hgl') },
      controller.signal,
    );
    // The whole work takes some hundred milliseconds.
    setTimeout(() => controller.abort(), 20);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(statSync(at('stopped.hgl'), { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe.runIf(hasLatentModel)('on the screen', () => {
  it(
    'the layer has the pixels and the size of the file, and the view comes first',
    async () => {
      const source = at('photo.png');
      await engine.run('open', { source, document: 'd' });
      engine.events.length = 0;
      const shown = await engine.run('compress', { document: 'd', quality: 45 });
      const written = await engine.run('encode', { source, quality: 45, out: at('shown.hgl') });
      expect(shown.bytes).toBe(written.bytes);
      expect(shown).toMatchObject({ quality: 45, smallerThanSource: true, cleaned: null });
      await engine.run('decode', { source: at('shown.hgl'), out: at('shown.png') });
      const layer = engine.services.documents.get('d').layer(shown.layer)!;
      const pixels = { ...layer.raster, samples: layer.raster.data as Uint8Array };
      expect(largestDifference(pixels, await pixelsOf(at('shown.png')))).toBe(0);
      const finished = engine.events.filter(({ type }) => type === 'layer');
      expect(finished.length).toBeGreaterThan(0);
      const again = await engine.run('compress', { document: 'd', quality: 45 });
      expect(again).toEqual({ ...shown, seconds: expect.any(Number) as number });
    },
    patience,
  );

  it(
    'shows the best quality within a size, the one that encode finds',
    async () => {
      const source = at('photo.png');
      await engine.run('open', { source, document: 'sized' });
      const usual = await engine.run('compress', { document: 'sized' });
      const limit = Math.round(usual.bytes * 0.7);
      engine.steps.length = 0;
      const shown = await engine.run('compress', { document: 'sized', size: limit });
      const done = engine.steps.map((step) => step.done);
      expect(done).toEqual([...done].sort((a, b) => a - b));
      const written = await engine.run('encode', {
        ...{ source, size: String(limit), out: at('sized.hgl') },
      });
      expect([shown.quality, shown.bytes]).toEqual([written.quality, written.bytes]);
      const better = await engine.run('compress', {
        ...{ document: 'sized', quality: shown.quality + 1 },
      });
      expect(better.bytes).toBeGreaterThan(limit);
      engine.services.documents.close('sized');
    },
    patience,
  );

  it('the curve rises, and other formats come near to a size', { timeout: patience }, async () => {
    const { points, sampled } = await engine.run('rateCurve', { document: 'd' });
    expect(sampled).toBe(1);
    const at45 = await engine.run('compress', { document: 'd', quality: points[2]!.quality });
    expect(points[2]!.bytes).toBeGreaterThan(0.99 * at45.bytes - 32);
    expect(points[2]!.bytes).toBeLessThan(1.01 * at45.bytes + 32);
    expect(points[2]!.psnr).toBeCloseTo(at45.psnr, 1);
    for (const [i, point] of points.slice(1).entries()) {
      expect(point.bytes).toBeGreaterThan(points[i]!.bytes);
      expect(point.psnr).toBeGreaterThan(points[i]!.psnr);
    }
    for (const format of ['jpeg', 'webp', 'avif'] as const) {
      const peer = await engine.run('peer', { document: 'd', format, bytes: at45.bytes });
      expect(peer.bytes / at45.bytes).toBeGreaterThan(0.85);
      expect(peer.bytes / at45.bytes).toBeLessThan(1.15);
      expect(peer.psnr).toBeGreaterThan(20);
      const layer = engine.services.documents.get('d').layer(peer.layer)!;
      // Saved as it is: the file of that quality has this size, and decodes to what is shown.
      const out = at(`peer.${format}`);
      const { source } = engine.services.documents.get('d').info;
      const { quality } = peer;
      const written = await engine.run('encode', { source, out, format, quality, psnr: true });
      expect([written.bytes, written.psnr]).toEqual([peer.bytes, peer.psnr]);
      const { samples } = await pixelsOf(out);
      expect(samples.every((value, index) => value === layer.raster.data[index])).toBe(true);
    }
  });

  it('cleaning first takes noise out of the file', { timeout: patience }, async () => {
    const { data, info } = await sharp(at('photo.png'))
      .removeAlpha()
      .resize(384, 384)
      .raw()
      .toBuffer({ resolveWithObject: true });
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    for (let i = 0; i < data.length; i++) {
      const noise = 30 * (random() + random() + random() + random() - 2);
      data[i] = Math.max(0, Math.min(255, Math.round(data[i]! + noise)));
    }
    const { width, height } = info;
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(at('noisy.png'));
    const source = at('noisy.png');
    const plain = await engine.run('encode', { source, out: at('noisy.hgl') });
    const cleaned = await engine.run('encode', { source, out: at('clean.hgl'), clean: 'auto' });
    expect(cleaned.cleaned).toMatch(/^denoise-photo-fast .*noise level/);
    expect(cleaned.bytes).toBeLessThan(plain.bytes / 2);
    const facts = await latentInfo({ source: at('clean.hgl') });
    expect(facts.cleaned).toBe(cleaned.cleaned);
  });
});

describe.runIf(hasLatentModel)('what is kept', () => {
  const raw = (channels: 1 | 2 | 3 | 4) => ({ raw: { width: 96, height: 64, channels } });
  const colour = drawing(96, 64);

  it('gray stays gray', { timeout: patience }, async () => {
    const gray = Buffer.from(colour.filter((_, i) => i % 3 === 0));
    await sharp(gray, raw(1)).toColourspace('b-w').png().toFile(at('gray.png'));
    await engine.run('encode', { source: at('gray.png'), quality: 70 });
    const { tones } = await latentInfo({ source: at('gray.hgl') });
    expect(tones).toBe(1);
    const { raster } = await decoded(at('gray.hgl'));
    expect(raster).toMatchObject({ channels: 1, sampleType: 'uint8' });
    const off = gray.reduce((sum, value, i) => sum + Math.abs(value - raster.data[i]!), 0);
    expect(off / gray.length).toBeLessThan(4);
  });

  it('transparency is exact, also of a part', { timeout: patience }, async () => {
    const pixels = Buffer.alloc(96 * 64 * 4);
    for (let i = 0; i < 96 * 64; i++) {
      colour.copy(pixels, 4 * i, 3 * i, 3 * i + 3);
      pixels[4 * i + 3] = (i * 7) % 256;
    }
    await sharp(pixels, raw(4)).png().toFile(at('alpha.png'));
    await engine.run('encode', { source: at('alpha.png') });
    const region = { x: 10, y: 20, width: 50, height: 30 };
    await engine.run('decode', { source: at('alpha.hgl'), out: at('alpha-part.png'), region });
    const part = await pixelsOf(at('alpha-part.png'));
    for (let y = 0; y < 30; y++)
      for (let x = 0; x < 50; x++)
        expect(part.samples[(y * 50 + x) * 4 + 3]).toBe((((y + 20) * 96 + x + 10) * 7) % 256);
    await expect(
      engine.run('decode', { source: at('alpha.hgl'), out: at('alpha.jpg') }),
    ).rejects.toMatchObject({ code: 'output-unsupported' });
  });

  it('16 bits of colour decode to 16, and that is said', { timeout: patience }, async () => {
    const deep = Uint16Array.from(colour, (value) => value * 257);
    const image = sharp(deep as unknown as Buffer, raw(3)).toColourspace('rgb16');
    await image.png().toFile(at('deep.png'));
    const { notices } = await engine.run('encode', { source: at('deep.png'), quality: 90 });
    expect(notices.map(({ text }) => text).join()).toMatch(/16 bits per sample/);
    await engine.run('decode', { source: at('deep.hgl') });
    const decoded = await pixelsOf(at('deep-decoded.png'));
    expect(decoded.samples).toBeInstanceOf(Uint16Array);
    let off = 0;
    for (let i = 0; i < deep.length; i++) off += Math.abs(deep[i]! - decoded.samples[i]!) / 257;
    expect(off / deep.length).toBeLessThan(2);
  });

  it.each([
    ['10 bits', 10, 3],
    ['12 bits', 12, 3],
    ['12 bits beside alpha', 12, 4],
    ['12 bits of one tone', 12, 1],
    ['14 bits', 14, 3],
  ] as const)(
    '%s in 16 lose no more than the same picture in 8, and come back as stored',
    { timeout: patience },
    async (_, bits, channels) => {
      const white = 2 ** bits - 1;
      const eight = Array.from({ length: 96 * 64 * channels }, (_, i) =>
        channels === 4 && i % 4 === 3
          ? 255
          : colour[3 * Math.floor(i / channels) + (i % channels)]!,
      );
      // One pixel is white: the picture tells how many bits it has.
      eight.fill(255, 0, channels);
      const isAlpha = (i: number): boolean => channels === 4 && i % 4 === 3;
      const deep = Uint16Array.from(eight, (value, i) =>
        isAlpha(i) ? 65_535 : Math.round((value * white) / 255),
      );
      await sharp(Uint8Array.from(eight), raw(channels)).png().toFile(at('eight.png'));
      await sharp(deep as unknown as Buffer, raw(channels))
        .toColourspace(channels === 1 ? 'grey16' : 'rgb16')
        .png()
        .toFile(at('narrow.png'));
      const psnr = async (name: string): Promise<number> => {
        const more = { quality: 80, psnr: true, scans: true, overwrite: true };
        return (await engine.run('encode', { source: at(name), ...more })).psnr!;
      };
      expect(Math.abs((await psnr('narrow.png')) - (await psnr('eight.png')))).toBeLessThan(0.5);
      const facts = await latentInfo({ source: at('narrow.hgl') });
      expect(facts.sourceBits).toBe(bits);
      await engine.run('decode', {
        ...{ source: at('narrow.hgl'), out: at('narrow-back.png'), overwrite: true },
      });
      const back = await pixelsOf(at('narrow-back.png'));
      // Gray is read as three equal channels.
      const samples = back.samples.filter((_, i) => channels > 1 || i % back.channels === 0);
      expect(samples).toHaveLength(deep.length);
      let sum = 0;
      for (let i = 0; i < deep.length; i++) {
        if (isAlpha(i)) expect(samples[i]).toBe(65_535);
        else {
          expect(samples[i]).toBeLessThanOrEqual(white);
          sum += ((samples[i]! - deep[i]!) / white) ** 2;
        }
      }
      const count = (deep.length * Math.min(3, channels)) / channels;
      expect(10 * Math.log10(count / sum)).toBeGreaterThan(36);
    },
  );

  it(
    'a scan is refused unless it is allowed, and is then marked',
    { timeout: patience },
    async () => {
      const deep = Uint16Array.from({ length: 96 * 64 }, (_, i) => colour[3 * i]! * 200);
      const image = sharp(deep as unknown as Buffer, raw(1)).toColourspace('grey16');
      await image.png().toFile(at('scan.png'));
      await expect(engine.run('encode', { source: at('scan.png') })).rejects.toMatchObject({
        code: 'unsupported-image',
        message: expect.stringMatching(/scan\.png is a scan/) as string,
      });
      const { notices } = await engine.run('encode', { source: at('scan.png'), scans: true });
      expect(notices.map(({ text }) => text).join()).toMatch(/marked as lossy/);
      const facts = await latentInfo({ source: at('scan.hgl') });
      expect(facts).toMatchObject({ lossyScan: true, tones: 1, sourceBits: 16 });
      const opened = await decoded(at('scan.hgl'));
      expect(opened.notices.map(({ text }) => text).join()).toMatch(/compressed with a loss/);
      expect(opened.raster.sampleType).toBe('uint16');
    },
  );

  it('profile, EXIF, XMP, orientation and dates survive', { timeout: patience }, async () => {
    await sharp(colour, raw(3))
      .withMetadata({ orientation: 6 }) // Among the words of `withExif` it would be written as 1.
      .withIccProfile('p3')
      .withExif({ IFD0: { Artist: 'A. Person' } })
      .withXmp(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="a drawing"/></rdf:RDF></x:xmpmeta>',
      )
      .jpeg({ quality: 95 })
      .toFile(at('camera.jpg'));
    const source = await decodeImage({ path: at('camera.jpg') });
    expect(source.metadata.orientation).toBe(6);
    const { width, height } = await engine.run('encode', { source: at('camera.jpg') });
    expect([width, height]).toEqual([source.raster.width, source.raster.height]);
    expect(statSync(at('camera.hgl')).mtimeMs).toBeCloseTo(source.metadata.modifiedMs, -1);
    const { output } = await engine.run('decode', { source: at('camera.hgl'), format: 'jpeg' });
    const back = await decodeImage({ path: output });
    expect(back.metadata.icc).toEqual(source.metadata.icc);
    expect(back.metadata.profileName).toBe(source.metadata.profileName);
    expect(back.metadata.orientation).toBe(1);
    expect(Buffer.from(back.metadata.exif!).includes('A. Person')).toBe(true);
    expect(Buffer.from(back.metadata.xmp!).includes('a drawing')).toBe(true);
    expect(back.metadata.modifiedMs).toBeCloseTo(source.metadata.modifiedMs, -1);
    expect([back.raster.width, back.raster.height]).toEqual([width, height]);
  });

  it(
    'regions are where they were, whatever the orientation',
    { timeout: 4 * patience },
    async () => {
      const region = (area: readonly number[], { width, height }: Size): string =>
        `<rdf:Description rdf:about="" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"><mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="${width}" stDim:h="${height}" stDim:unit="pixel"/><mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource"><mwg-rs:Area stArea:x="${area[0]}" stArea:y="${area[1]}" stArea:w="${area[2]}" stArea:h="${area[3]}" stArea:unit="normalized"/></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions></rdf:Description>`;
      const size = { width: 48, height: 32 };
      const areas = [[0.25, 0.125, 0.375, 0.25], [0.75, 0.125, 0.375, 0.25], [0.75, 0.875, 0.375, 0.25], [0.25, 0.875, 0.375, 0.25], [0.125, 0.25, 0.25, 0.375], [0.875, 0.25, 0.25, 0.375], [0.875, 0.75, 0.25, 0.375], [0.125, 0.75, 0.25, 0.375]]; // prettier-ignore
      for (const [index, area] of areas.entries()) {
        const name = `turned-${index + 1}`;
        await sharp(colour, raw(3))
          .resize({ ...size, fit: 'fill' })
          .withMetadata({ orientation: index + 1 })
          .withXmp(
            `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${region(areas[0]!, size)}</rdf:RDF></x:xmpmeta>`,
          )
          .jpeg({ quality: 95 })
          .toFile(at(`${name}.jpg`));
        await engine.run('encode', { source: at(`${name}.jpg`) });
        const again = { source: at(`${name}.hgl`), out: at(`${name}-again.hgl`) };
        await engine.run('encode', again);
        const upright = index < 4 ? size : { width: size.height, height: size.width };
        for (const source of [again.source, again.out]) {
          const { output } = await engine.run('decode', { source, format: 'jpeg' });
          const { metadata, raster } = await decodeImage({ path: output });
          expect([raster.width, raster.height]).toEqual([upright.width, upright.height]);
          expect(metadata.orientation).toBe(1);
          const xmp = Buffer.from(metadata.xmp!).toString();
          const said = (what: string): number =>
            Number(new RegExp(`${what}="([^"]+)`).exec(xmp)![1]);
          const found = ['x', 'y', 'w', 'h'].map((side) => said(`stArea:${side}`));
          expect(found, `orientation ${index + 1}`).toEqual(area);
          expect([said('stDim:w'), said('stDim:h')]).toEqual([upright.width, upright.height]);
        }
      }
    },
  );

  it('a file of one pixel, and one larger than its source', { timeout: patience }, async () => {
    await sharp(Buffer.from([200, 100, 50]), { raw: { width: 1, height: 1, channels: 3 } })
      .png()
      .toFile(at('one.png'));
    const { notices } = await engine.run('encode', { source: at('one.png'), quality: 100 });
    expect(notices.map(({ text }) => text).join()).toMatch(/larger than its source/);
    const { raster } = await decoded(at('one.hgl'));
    expect([raster.width, raster.height]).toEqual([1, 1]);
    for (const [c, value] of [200, 100, 50].entries())
      expect(Math.abs(raster.data[c]! - value)).toBeLessThan(12);
  });

  it('other commands take latent files as they take images', { timeout: patience }, async () => {
    const { output, sigma } = await engine.run('denoise', { source: at('gray.hgl'), sigma: 5 });
    expect(output).toBe(at('gray-clean.png'));
    expect(sigma).toBe(5);
    await expect(
      engine.run('encode', { source: at('photo.png'), model: 'denoise-photo-fast' }),
    ).rejects.toMatchObject({ code: 'model-unsuitable' });
    await expect(
      engine.run('denoise', { source: at('photo.png'), model: 'latent-photo' }),
    ).rejects.toMatchObject({ code: 'model-unsuitable' });
    await expect(engine.run('decode', { source: at('photo.png') })).rejects.toMatchObject({
      code: 'not-an-image',
    });
  });
});
