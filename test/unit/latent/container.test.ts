/** The container of latent files: what goes in comes out, and three problems have three messages. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeAlpha, encodeAlpha } from '../../../app/latent/container/alpha.ts';
import { ByteReader, ByteWriter, Malformed } from '../../../app/latent/container/bytes.ts';
import { pack, unpack } from '../../../app/latent/container/chunks.ts';
import { encodeDirectory } from '../../../app/latent/container/directory.ts';
import { encodeHeader } from '../../../app/latent/container/header.ts';
import { crc32c } from '../../../app/latent/entropy/crc32c.ts';
import { mendOneByte } from '../../../app/latent/container/mend.ts';
import {
  decoderFingerprint,
  noLatentMetadata,
  openLatentFile,
  requireModel,
  tileGrid,
  writeLatentFile,
} from '../../../app/latent/container/index.ts';
import type { HourglassError } from '../../../app/contract/index.ts';
import {
  build,
  decodeFake,
  fakeAlpha,
  fakeStreams,
  mendDirectory,
  mendHeader,
  model,
  plainHeader,
  richHeader,
  richMetadata,
  signal,
} from './container-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'hourglass-latent-'));
afterAll(() => rmSync(folder, { recursive: true }));

const problem = async (work: Promise<unknown>): Promise<HourglassError> =>
  work.then(
    () => {
      throw new Error('no error was thrown');
    },
    (error: unknown) => error as HourglassError,
  );

const withHeaderByte = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const changed = Uint8Array.from(bytes);
  changed[at] = value;
  return mendHeader(changed);
};

describe('checksums', () => {
  it('CRC-32C has its check value, and continues', () => {
    const check = Buffer.from('123456789');
    expect(crc32c(check)).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa); // RFC 3720, B.4
    const bytes = randomBytes(1001);
    expect(crc32c(bytes.subarray(13), crc32c(bytes.subarray(0, 13)))).toBe(crc32c(bytes));
  });

  it('mends any one byte, its own included, and no two', () => {
    const bytes = Uint8Array.from(randomBytes(300));
    const crc = crc32c(bytes);
    for (let at = 0; at < bytes.length; at++) {
      const wrong = Uint8Array.from(bytes);
      wrong[at]! ^= 1 + (at % 255);
      expect(Buffer.compare(mendOneByte(wrong, crc)!, bytes)).toBe(0);
    }
    expect(mendOneByte(bytes, (crc ^ 0x00420000) >>> 0)).toBe(bytes);
    const twice = Uint8Array.from(bytes);
    twice[17]! ^= 1;
    twice[170]! ^= 1;
    expect(mendOneByte(twice, crc)).toBeNull();
  });

  it('the fingerprint is SHA-256 over the two sums', () => {
    const entropy = createHash('sha256').update('entropy').digest();
    const synthesis = createHash('sha256').update('synthesis').digest();
    const both = createHash('sha256')
      .update(Buffer.concat([entropy, synthesis]))
      .digest('hex');
    expect(
      decoderFingerprint({
        entropy: entropy.toString('hex'),
        synthesis: synthesis.toString('hex'),
      }),
    ).toBe(both.slice(0, 32));
  });
});

describe('numbers and texts', () => {
  it('varints round trip and have one spelling', () => {
    for (const value of [0, 1, 127, 128, 300, 16383, 16384, 2 ** 32, 2 ** 49 - 1]) {
      const reader = new ByteReader(new ByteWriter().varint(value).done());
      expect(reader.varint()).toBe(value);
      expect(reader.left).toBe(0);
    }
    expect(() => new ByteReader(Uint8Array.of(0x80, 0x00)).varint()).toThrow(Malformed);
    expect(() => new ByteReader(new Uint8Array(9).fill(0xff)).varint()).toThrow(Malformed);
    expect(() => new ByteReader(Uint8Array.of(0x80)).varint()).toThrow('ends early');
  });

  it('texts with control characters or wrong UTF-8 are refused', () => {
    const read = (bytes: number[]): string =>
      new ByteReader(Uint8Array.of(bytes.length, ...bytes)).text(64);
    expect(read([0xc3, 0xa4])).toBe('ä');
    expect(() => read([0x1b, 0x5b])).toThrow('control characters');
    expect(() => read([0xe2, 0x80, 0xae])).toThrow('control characters');
    expect(() => read([0xc3])).toThrow('not UTF-8');
  });

  it('blobs are packed where that helps, and bombs do not unpack', () => {
    const flat = new Uint8Array(5000).fill(7);
    expect(pack(flat).length).toBeLessThan(40);
    expect(unpack(pack(flat))).toEqual(flat);
    const noise = Uint8Array.from(randomBytes(500));
    expect(pack(noise).length).toBe(501);
    expect(unpack(pack(noise))).toEqual(noise);
    const small = new ByteWriter()
      .u8(1)
      .varint(2 ** 40)
      .bytes(new Uint8Array(9))
      .done();
    expect(() => unpack(small)).toThrow(Malformed);
    const lying = pack(flat);
    lying[1] = 0x80 | 1; // Declares fewer bytes than there are.
    expect(() => unpack(lying)).toThrow(Malformed);
  });

  it('alpha round trips in 8 and 16 bits', () => {
    const size = { width: 33, rows: 20 };
    const eight = Uint8Array.from({ length: 660 }, (_, i) => (i * 7 + (i >> 5) * 3) & 255);
    expect(decodeAlpha(encodeAlpha(eight, size), size)).toEqual(eight);
    const sixteen = Uint16Array.from({ length: 660 }, (_, i) => (i * 997) & 0xffff);
    expect(decodeAlpha(encodeAlpha(sixteen, size), size)).toEqual(sixteen);
    expect(encodeAlpha(new Uint8Array(660).fill(255), size).length).toBeLessThan(30);
  });
});

describe('round trip', () => {
  it('everything comes back', async () => {
    const bytes = await build();
    const { file, tiles, alpha, metadata, streams } = await decodeFake(bytes);
    expect(file.header).toEqual(richHeader);
    expect(metadata).toEqual(richMetadata);
    expect(file.notices).toEqual([]);
    expect(tiles).toEqual(new Array(6).fill('whole'));
    for (const [index, { preview, rest }] of streams) {
      expect(preview).toEqual(fakeStreams(index).preview);
      expect(rest).toEqual(fakeStreams(index).rest);
    }
    expect(alpha).toEqual([fakeAlpha(richHeader, 0), fakeAlpha(richHeader, 1)]);
    expect(file.info).toMatchObject({
      ...{ formatVersion: 1, columns: 3, rows: 2, bytes: bytes.length },
      ...{ previewBytes: 66, restBytes: 222, missingBytes: 0, extraBytes: 0, repaired: false },
    });
    expect(file.tiles[5]).toMatchObject({
      ...{ column: 2, row: 1, x: 128, y: 64, width: 2, height: 6 },
      ...{ latentColumns: 1, latentRows: 1, previewBytes: 11, restBytes: 37, present: 'whole' },
    });
    expect(await file.verifyContent(signal)).toBe(true);
    const hash = createHash('sha256').update(bytes.subarray(0, -16)).digest('hex').slice(0, 32);
    expect(await file.contentHash()).toBe(hash);
  });

  it('header fields of every kind', async () => {
    for (const header of [
      plainHeader,
      { ...plainHeader, tones: 'gray' as const, lossyScan: true, bitDepth: 16 },
      { ...plainHeader, sampleType: 'float32' as const, bitDepth: 32, quality: 1, step: 112 },
      { ...plainHeader, width: 1, height: 1, tileSide: 64, quality: 100, step: 13 },
      { ...plainHeader, sampleType: 'uint16' as const, bitDepth: 12, narrow: true as const },
      { ...richHeader, hasAlpha: false, bitDepth: 1, narrow: true as const },
    ]) {
      const { file } = await decodeFake(await build({ header, metadata: noLatentMetadata }));
      expect(file.header).toEqual(header);
      expect(await file.metadata()).toEqual(noLatentMetadata);
    }
  });

  it('no file uses a part of 8 bits or of floats, or a part that is all of 16', async () => {
    for (const [sampleType, bitDepth] of [
      ['uint8', 8],
      ['float32', 12],
      ['uint16', 16],
    ] as const)
      await expect(
        build({ header: { ...plainHeader, sampleType, bitDepth, narrow: true } }),
      ).rejects.toMatchObject({ code: 'internal' });
  });

  it('the order of tiles leaves no trace', async () => {
    expect(await build({ order: 'backward' })).toEqual(await build());
  });

  it('a photo of one tile without metadata costs under 120 bytes', async () => {
    const streams = fakeStreams(0, 900, 11_000);
    const bytes = await build({
      ...{ header: plainHeader, metadata: noLatentMetadata },
      streams: () => streams,
    });
    expect(bytes.length - 11_900).toBeLessThan(120);
  });

  it('on disk it is the same, with random access, its dates, and nothing beside it', async () => {
    const path = join(folder, 'new', 'small.hgl');
    const writer = await writeLatentFile({
      ...{ path, source: null, overwrite: false, header: richHeader, metadata: richMetadata },
      dates: { accessedMs: 1e12, modifiedMs: 1.1e12 },
    });
    for (let index = 5; index >= 0; index--) await writer.writeTile(index, fakeStreams(index));
    for (const row of [1, 0]) await writer.writeAlpha(row, fakeAlpha(richHeader, row));
    const { bytes, data } = await writer.finish(signal);
    const inMemory = await build();
    expect(Uint8Array.from(readFileSync(path))).toEqual(inMemory);
    expect({ bytes, data }).toEqual({ bytes: inMemory.length, data: null });
    expect(statSync(path).mtimeMs).toBe(1.1e12);
    expect(readdirSync(join(folder, 'new'))).toEqual(['small.hgl']);
    const file = await openLatentFile(path);
    expect((await file.readTile(4)).rest).toEqual(fakeStreams(4).rest);
    expect((await file.readTile(3, 'preview')).rest).toBeNull();
    expect(await file.verifyContent(signal)).toBe(true);
    await file.close();
    await file.close();
  });
});

describe('writing', () => {
  const request = {
    ...{ source: null, overwrite: false, dates: null },
    ...{ header: richHeader, metadata: noLatentMetadata },
  };

  it('refuses an occupied place at once, and leaves nothing when given up', async () => {
    const path = join(folder, 'there.hgl');
    writeFileSync(path, 'mine');
    expect((await problem(writeLatentFile({ ...request, path }))).code).toBe('output-exists');
    expect(
      (await problem(writeLatentFile({ ...request, path, source: path, overwrite: true }))).code,
    ).toBe('output-is-source');
    const writer = await writeLatentFile({ ...request, path: join(folder, 'deep/er/x.hgl') });
    await writer.writeTile(0, fakeStreams(0));
    await writer.abort();
    await writer.abort();
    expect(readdirSync(folder)).not.toContain('deep');
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('cancelled at the end, it leaves nothing', async () => {
    const path = join(folder, 'cancelled.hgl');
    const header = { ...plainHeader };
    const writer = await writeLatentFile({ ...request, path, header });
    await writer.writeTile(0, fakeStreams(0));
    expect((await problem(writer.finish(AbortSignal.abort()))).code).toBe('cancelled');
    expect(readdirSync(folder).filter((name) => name.includes('cancelled'))).toEqual([]);
  });

  it('tiles twice, tiles elsewhere, tiles that are missing and impossible headers are mistakes', async () => {
    const writer = await writeLatentFile({ ...request, path: null });
    await writer.writeTile(0, fakeStreams(0));
    expect((await problem(writer.writeTile(0, fakeStreams(0)))).message).toContain('Tile 0');
    expect((await problem(writer.writeTile(6, fakeStreams(0)))).message).toContain('Tile 6');
    expect((await problem(writer.finish(signal))).message).toContain('tile 1');
    for (const wrong of [{ width: 0 }, { quality: 0 }, { tileSide: 100 }, { software: 'a\nb' }])
      expect(
        (
          await problem(
            writeLatentFile({ ...request, path: null, header: { ...richHeader, ...wrong } }),
          )
        ).code,
      ).toBe('internal');
  });
});

describe('three different things', () => {
  it('not a latent file', async () => {
    for (const bytes of [
      Buffer.from('\x89PNG\r\n\x1a\nxxxxxxxxxxxxxxxx', 'latin1'),
      Buffer.from('H'),
    ]) {
      const error = await problem(openLatentFile(bytes, { name: 'x.hgl' }));
      expect(error.code).toBe('not-an-image');
      expect(error.message).toContain('x.hgl is not a latent file');
    }
    const bytes = await build();
    // As a transfer in text mode does.
    const asText = Buffer.from(
      Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n'),
      'latin1',
    );
    expect((await problem(openLatentFile(asText))).code).toBe('not-an-image');
  });

  it('made by a newer Hourglass: version, flag, longer header, critical chunk', async () => {
    const bytes = await build({ header: plainHeader, metadata: richMetadata });
    const newer = [withHeaderByte(bytes, 8, 2), withHeaderByte(bytes, 9, 0x20)];
    const length = bytes[10]!;
    const longer = Buffer.concat([
      bytes.subarray(0, 16 + length),
      Uint8Array.of(1),
      bytes.subarray(16 + length),
    ]);
    newer.push(withHeaderByte(longer, 10, length + 1));
    const critical = Uint8Array.from(bytes);
    const at = Buffer.from(critical).indexOf('iptc');
    critical[at] = 0x49;
    newer.push(mendDirectory(critical));
    for (const file of newer) {
      const error = await problem(openLatentFile(file, { name: 'x.hgl' }));
      expect(error.message).toContain('x.hgl was made by a newer Hourglass');
      expect(error.code).toBe('unsupported-image');
    }
  });

  it('an ancillary chunk that nobody knows is passed over', async () => {
    const bytes = await build({ header: plainHeader, metadata: richMetadata });
    bytes[Buffer.from(bytes).indexOf('iptc')] = 0x78;
    const { file, metadata } = await decodeFake(mendDirectory(bytes));
    expect(metadata).toEqual({ ...richMetadata, iptc: null });
    expect(file.notices).toEqual([]);
  });

  it('damaged at one tile; the others come whole', async () => {
    const bytes = await build();
    const wanted = fakeStreams(2).rest;
    bytes[Buffer.from(bytes).indexOf(wanted)]! ^= 0x10;
    const { file, tiles } = await decodeFake(bytes);
    expect(tiles).toEqual(['whole', 'whole', 'preview', 'whole', 'whole', 'whole']);
    expect(await file.verifyContent(signal)).toBe(false);
  });
});

describe('limits', () => {
  it('pixels, before anything of their size exists', async () => {
    const header = { ...plainHeader, width: 3000, height: 2000, tileSide: 1024 };
    const bytes = await build({ header, metadata: noLatentMetadata });
    expect((await problem(openLatentFile(bytes, { limits: { maxMegapixels: 5 } }))).code).toBe(
      'image-too-large',
    );
    await openLatentFile(bytes, { limits: { maxMegapixels: 6 } });
  });

  it('more tiles than the directory has room for', async () => {
    const bytes = await build({
      header: { ...plainHeader, width: 128, height: 128, tileSide: 128 },
      metadata: noLatentMetadata,
    });
    // Width and height are two bytes each; tiles of 2^6 pixels make 4 of 1.
    expect(bytes[20]).toBe(7);
    const error = await problem(openLatentFile(withHeaderByte(bytes, 20, 6)));
    expect(error.code).toBe('damaged-image');
    expect(error.message).toContain('no room for the 4 tiles');
  });

  it('alpha that its bytes can not hold is not even allocated', async () => {
    const header = { ...plainHeader, width: 390_000, height: 1024, hasAlpha: true };
    const alpha = new ByteWriter().u8(16).bytes(new Uint8Array(20)).done();
    const tiles = Array.from({ length: tileGrid(header).count }, () => ({
      ...{ previewBytes: 0, restBytes: 0, previewCrc: 0, crc: 0 },
    }));
    const directory = encodeDirectory(
      [{ type: 'ALPH', bytes: alpha.length, crc: crc32c(alpha) }],
      tiles,
    );
    const file = await openLatentFile(
      Buffer.concat([encodeHeader(header, directory.length), directory, alpha]),
    );
    const before = process.memoryUsage().arrayBuffers;
    expect(await file.readAlpha(0)).toBeNull();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
    expect(file.notices.at(-1)!.text).toContain('shown opaque');
  });

  it('bytes after the end are said, and the content is not as written', async () => {
    const bytes = await build();
    const { file } = await decodeFake(Buffer.concat([bytes, Buffer.from('extra')]));
    expect(file.info.extraBytes).toBe(5);
    expect(file.notices.map(({ text }) => text)).toEqual([
      'small.hgl has 5 bytes after its end; they are not read.',
    ]);
    expect(await file.verifyContent(signal)).toBe(false);
  });

  it('files that are not there, folders and empty files', async () => {
    expect((await problem(openLatentFile(join(folder, 'none.hgl')))).code).toBe('file-not-found');
    expect((await problem(openLatentFile(folder))).code).toBe('file-not-readable');
    const path = join(folder, 'empty.hgl');
    writeFileSync(path, '');
    expect((await problem(openLatentFile(path))).code).toBe('damaged-image');
  });
});

describe('the network that a file needs', () => {
  const other = 'f'.repeat(32);
  const of = (id: string, version: string, fingerprint = model.fingerprint) => ({
    ...{ id, version, fingerprint },
  });
  const refusal = (installed: (typeof model)[]): HourglassError => {
    try {
      requireModel('x.hgl', model, installed);
    } catch (error) {
      return error as HourglassError;
    }
    throw new Error('no error was thrown');
  };

  it('is found by its fingerprint, whatever its version', () => {
    const here = of('latent-photo', '1.0.1');
    expect(requireModel('x.hgl', model, [of('latent-other', '1.0.0'), here])).toBe(here);
    // Added anew under another id.
    const again = of('latent-photo-2', '1');
    expect(requireModel('x.hgl', model, [of('latent-photo', '1.0.0', other), again])).toBe(again);
  });

  it('is named when it is missing, newer, older, or other than it says', () => {
    expect(refusal([]).message).toBe(
      'x.hgl needs the network latent-photo 1.0.0, which is not installed.',
    );
    expect(refusal([of('latent-photo', '0.9.10', other)]).message).toContain('made by a newer');
    expect(refusal([of('latent-photo', '1.0.0.1', other)]).message).toContain('only 1.0.0.1');
    expect(refusal([of('latent-photo', '1.0.0', other)])).toMatchObject({
      code: 'model-unsuitable',
    });
    expect(refusal([]).code).toBe('model-not-found');
  });
});
