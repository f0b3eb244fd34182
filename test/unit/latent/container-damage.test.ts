/**
 * Damage of every kind: each byte flipped, each truncation, thousands of mutations. Always a named error,
 * or a file whose damage is told and whose other parts come back bit for bit.
 */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { HourglassError } from '../../../app/contract/index.ts';
import { uniform } from '../../random.ts';
import {
  build,
  decodeFake,
  fakeAlpha,
  fakeStreams,
  mendAll,
  richHeader,
  richMetadata,
} from './container-support.ts';
import { mutate, mutations, refusals } from '../../fuzz/mutate.ts';
import type { FakeDecode } from './container-support.ts';

/** Null: refused by name. */
async function attempt(bytes: Uint8Array): Promise<FakeDecode | null> {
  try {
    return await decodeFake(bytes);
  } catch (error) {
    if (!(error instanceof HourglassError) || !refusals.has(error.code)) throw error;
    expect(error.message).toContain('small.hgl');
    return null;
  }
}

/** Matchers of the test runner are too slow for thousands of files. */
const equal = (one: Uint8Array | Uint16Array, other: Uint8Array | Uint16Array): boolean =>
  Buffer.from(one.buffer, one.byteOffset, one.byteLength).equals(
    Buffer.from(other.buffer, other.byteOffset, other.byteLength),
  );

const originalStreams = Array.from({ length: 6 }, (_, index) => fakeStreams(index));
const originalAlpha = [0, 1].map((row) => fakeAlpha(richHeader, row));

/** How many tiles were lost; the others must be what was written. */
function lostTiles({ tiles, streams }: FakeDecode): number {
  for (const [index, { preview, rest }] of streams) {
    const original = originalStreams[index]!;
    if (!equal(preview, original.preview) || !equal(rest, original.rest))
      throw new Error(`tile ${index} counts as whole and is not`);
  }
  return tiles.filter((state) => state !== 'whole').length;
}

/** What else was lost: kinds of metadata and bands of alpha. What is there must be right. */
function otherLosses({ metadata, alpha, file }: FakeDecode): number {
  let lost = 0;
  for (const [kind, value] of Object.entries(metadata) as [keyof typeof metadata, unknown][]) {
    if (value === null) lost += 1;
    else if (!isDeepStrictEqual(value, richMetadata[kind]))
      throw new Error(`${kind} counts as whole and is not`);
  }
  alpha.forEach((samples, row) => {
    if (samples === null) lost += 1;
    else if (!equal(samples, originalAlpha[row]!))
      throw new Error(`the alpha of row ${row} counts as whole and is not`);
  });
  // Whatever is lost is said.
  expect(file.notices.length >= lost).toBe(true);
  return lost;
}

describe('a small file', () => {
  it('each byte flipped: at most one part is lost, and only the signature is beyond help', async () => {
    const bytes = await build();
    let refused = 0;
    let mended = 0;
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Uint8Array.from(bytes);
      flipped[at]! ^= 1 << (at % 8);
      const outcome = await attempt(flipped);
      if (!outcome) {
        expect(at).toBeLessThan(8);
        refused += 1;
        continue;
      }
      if (outcome.file.info.repaired) mended += 1;
      const lost = lostTiles(outcome) + otherLosses(outcome);
      expect(lost, `byte ${at}`).toBeLessThanOrEqual(1);
      if (outcome.file.info.repaired) expect(lost).toBe(0);
      // In the hash at the end alone nothing is lost.
      else if (at < bytes.length - 16) expect(lost, `byte ${at}`).toBe(1);
    }
    expect(refused).toBe(8);
    expect(mended).toBeGreaterThan(100);
  });

  it('each byte inverted: the same', async () => {
    const bytes = await build();
    for (let at = 0; at < bytes.length; at++) {
      const inverted = Uint8Array.from(bytes);
      inverted[at]! ^= 0xff;
      const outcome = await attempt(inverted);
      if (at < 8) expect(outcome).toBeNull();
      else expect(lostTiles(outcome!) + otherLosses(outcome!)).toBeLessThanOrEqual(1);
    }
  });

  it('each truncation: refused, or opened with what is there', async () => {
    const bytes = await build();
    let opened = 0;
    let before = Infinity;
    for (let length = 0; length < bytes.length; length++) {
      const outcome = await attempt(bytes.subarray(0, length));
      if (!outcome) {
        expect(opened).toBe(0);
        continue;
      }
      opened += 1;
      expect(outcome.file.info.missingBytes).toBe(bytes.length - length);
      expect(outcome.file.notices[0]!.text).toContain('is cut short');
      const lost = lostTiles(outcome) + otherLosses(outcome);
      expect(lost).toBeLessThanOrEqual(before);
      before = lost;
    }
    expect(opened).toBeGreaterThan(bytes.length / 2);
    expect(before).toBe(0);
  });
});

describe('mutations', () => {
  it(`${mutations}: a named error or a decode whose whole tiles are right`, async () => {
    const bytes = await build();
    const random = uniform(20_250_101);
    const tally = { refused: 0, opened: 0, hurt: 0 };
    let slowest = 0;
    for (let round = 0; round < mutations; round++) {
      const started = performance.now();
      const outcome = await attempt(mutate(bytes, random));
      slowest = Math.max(slowest, performance.now() - started);
      if (!outcome) tally.refused += 1;
      else {
        tally.opened += 1;
        if (lostTiles(outcome) > 0) tally.hurt += 1;
      }
    }
    expect(slowest).toBeLessThan(2000);
    // Neither is everything refused, nor does everything pass.
    expect(tally.opened).toBeGreaterThan(mutations / 4);
    expect(tally.refused).toBeGreaterThan(mutations / 40);
    expect(tally.hurt).toBeGreaterThan(mutations / 20);
  }, 120_000);

  it('mutations whose checksums are right again reach the parsers, and do no harm', async () => {
    const bytes = await build();
    const random = uniform(7);
    let opened = 0;
    for (let round = 0; round < 3000; round++) {
      const outcome = await attempt(mendAll(mutate(bytes, random)));
      if (outcome) opened += 1;
    }
    expect(opened).toBeGreaterThan(300);
  }, 120_000);
});
