/**
 * Whether a file has more pixels than are allowed, and whether there is memory for what it would take: against what is free here, container limits included, and against the size
 * of the file itself. What it would take is estimated by `peak.ts` and by the readers of other formats.
 */
import { freemem, totalmem } from 'node:os';
import { HourglassError, type Allowance } from '../contract/index.ts';
import { decimal, fixed } from '../contract/sentences/index.ts';
import { megabytes } from './documents/memory.ts';
import type { ImageFile } from './identify.ts';
import type { Size } from './raster.ts';
import { say } from './sentences.ts';
import type { DecodeLimits } from './types.ts';

/** Share of the free memory that decoding one picture may take; the rest is for what is made of it. */
const FREE_SHARE = 0.75;

/** So little is always tried: what systems call free is no more exact than this. */
const ALWAYS_BYTES = 256e6;

/**
 * Below this no file is out of proportion: it is what the hungriest format (AVIF of more than 8 bits) takes for 24 megapixels, and
 * blank pages of that size are files of some hundred bytes in several formats.
 */
const PLAUSIBLE_BYTES = 640e6;

/**
 * Memory to decode, per byte of the file. Wholly blank pictures of 100 megapixels reach 500 (JPEG), 2,000 (PNG), 12,000 (GIF) and
 * 30,000 (PNG of two colours, fax); blank WebP and AVIF have no bound, which is what bombs are made of.
 */
const MOST_PER_BYTE = 50_000;

/** @internal What systems say of their memory, bytes; for tests. */
export interface MemoryFacts {
  readonly total: number;
  /** Free, or given back when it is asked for. */
  readonly free: number;
  /** Limit of the container; `undefined` or more than `total`: none. */
  readonly constrained: number | undefined;
  /** What is left below that limit. */
  readonly available: number | undefined;
  /** The system counts caches of files as used (macOS). */
  readonly countsCaches: boolean;
}

/** Systems are asked again after this, milliseconds: it is five files of Linux, and each small picture asks several times. */
const FACTS_HOLD = 100;

let known: { readonly facts: MemoryFacts; readonly at: number } | null = null;

function memoryFacts(): MemoryFacts {
  const now = performance.now();
  if (known && now - known.at < FACTS_HOLD) return known.facts;
  const facts = {
    total: totalmem(),
    free: freemem(),
    constrained: process.constrainedMemory(),
    available: process.availableMemory(),
    countsCaches: process.platform === 'darwin',
  };
  known = { facts, at: now };
  return facts;
}

/**
 * Memory that may be taken for free, bytes. Containers and macOS count the caches of files as used, though they give way:
 * half of what there is at all is taken for free there.
 */
export function usableMemory(facts: MemoryFacts = memoryFacts()): number {
  const { total, free, constrained = 0, available = free, countsCaches } = facts;
  if (constrained > 0 && constrained < total)
    return Math.min(free, Math.max(available, constrained / 2));
  return countsCaches ? Math.max(free, total / 2) : free;
}

/** To be called before pixels are touched. @throws HourglassError image-too-large */
export function refuseTooManyPixels(
  name: string,
  { width, height }: Size,
  { maxMegapixels }: Pick<DecodeLimits, 'maxMegapixels'>,
): void {
  const megapixels = (width * height) / 1e6;
  if (megapixels <= maxMegapixels) return;
  throw new HourglassError(
    'image-too-large',
    say('tooManyPixels', {
      ...{ name, width, height },
      megapixels: fixed(megapixels, 1),
      limit: decimal(maxMegapixels, 6),
    }),
    { details: { width, height } },
  );
}

/**
 * To be called before anything is decoded.
 * @param peak memory that decoding takes at its highest, bytes
 * @throws HourglassError image-too-large, with the offer to allow it, unless `limits.allowMemory` does
 */
export function refuseUnaffordable(
  { name, bytes }: Pick<ImageFile, 'name' | 'bytes'>,
  {
    width,
    height,
    peak,
  }: { readonly width: number; readonly height: number; readonly peak: number },
  limits: DecodeLimits,
): void {
  if (limits.allowMemory) return;
  const free = limits.freeBytes ?? usableMemory();
  const most = free * FREE_SHARE;
  const isTooMuch = peak > ALWAYS_BYTES && peak > most;
  const isOutOfProportion = peak > PLAUSIBLE_BYTES && peak > bytes * MOST_PER_BYTE;
  if (!isTooMuch && !isOutOfProportion) return;
  const size = bytes < 1e5 ? say('bytes', { count: bytes }) : megabytes(bytes);
  const facts = { name, size, width, height, peak: megabytes(peak) };
  throw new HourglassError(
    'image-too-large',
    isOutOfProportion
      ? say('outOfProportion', facts)
      : say('moreThanIsFree', { ...facts, most: megabytes(most), free: megabytes(free) }),
    {
      hint: say('allowIfTrusted'),
      details: { width, height, peak, offer: 'allowMemory' satisfies Allowance },
    },
  );
}
