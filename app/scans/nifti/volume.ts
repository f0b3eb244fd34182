/**
 * A NIfTI file from which slices are read one at a time. One that is stored as it is is read where the slice lies. One in gzip can
 * only be inflated from its beginning: that is done once, into a private temporary file, which stays for whoever asks next
 * until too many others came; memory holds a megabyte of it. What is true of all slices is found once too.
 */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { HourglassError, toHourglassError, type ValueRange } from '../../contract/index.ts';
import {
  createTemporaryFolder,
  fileError,
  nextTurn,
  removeTemporary,
  Shared,
  timeFor,
  type DecodeLimits,
  type ImageFile,
  type SampleType,
} from '../../pixels/index.ts';
import { writeAll } from '../../pixels/formats/splice.ts';
import { percentileRange } from '../../pixels/percentiles.ts';
import { readHead } from '../../pixels/sniff.ts';
import { withinTime } from '../../pixels/vips.ts';
import {
  headerBytes,
  parseHeader,
  sliceBytes,
  slicesOf,
  wholeBytes,
  type NiftiHeader,
} from './header.ts';
import { say } from './sentences.ts';
import { exactType, extremes, MOST_EXACT, narrowestType, readVoxels } from './voxels.ts';

/** What is true of every slice. */
interface VolumeFacts {
  readonly header: NiftiHeader;
  /** That samples are read as. */
  readonly sampleType: SampleType;
  /** Integers are among them that floats of 32 bits do not hold. */
  readonly rounded: boolean;
  /** Stored values between which nearly all of the middle slice lies; null: it is of one value. */
  readonly range: ValueRange | null;
}

/** One that is open. */
export interface Volume extends VolumeFacts {
  /** Inflated length of the file, bytes: behind the voxels may be more. */
  readonly length: number;
  /** Bytes of the inflated file. @throws HourglassError damaged-image where it is shorter */
  read(at: number, count: number): Promise<Uint8Array>;
}

/** Inflated files that are kept, together. */
const MOST_KEPT_BYTES = 4e9;
const MOST_KEPT = 8;

/** Behind the voxels a gzip stream may go on for so much. */
const MOST_BEHIND = 1 << 20;

/** Bytes of a file in gzip that hold its header, inflated. */
const HEAD_BYTES = 4096;

/** Deflate never makes more of a byte (RFC 1951; zlib's documentation). */
const MOST_INFLATION = 1032;

interface Stored {
  /** The file itself, or what it was inflated to. */
  readonly path: string;
  readonly length: number;
  readonly folder: string | null;
  readonly facts: VolumeFacts;
}

/** A file that somebody has asked for. */
class Held {
  readonly shared = new Shared<Stored>();
  stored: Stored | null = null;
  users = 0;
  isGone = false;

  /** Once nobody reads it any more. */
  letGo(): void {
    this.isGone = true;
    if (this.users > 0 || !this.stored?.folder) return;
    removeTemporary(this.stored.folder);
    this.stored = null;
  }
}

/** By path, size and time of the last change; what was used last comes last. */
const kept = new Map<string, Held>();

const keyOf = ({ path, bytes, modifiedMs }: ImageFile): string =>
  [path, bytes, modifiedMs].join('\0');

function letGoOfOthers(than: string): void {
  const bytes = (): number => {
    let sum = 0;
    for (const { stored } of kept.values()) if (stored?.folder) sum += stored.length;
    return sum;
  };
  for (const [key, held] of kept) {
    if (kept.size <= MOST_KEPT && bytes() <= MOST_KEPT_BYTES) return;
    if (key === than) continue;
    kept.delete(key);
    held.letGo();
  }
}

/**
 * Hands over the volume of a file while it is open.
 * @throws HourglassError damaged-image, unsupported-image, image-too-large, decode-timeout, cancelled; whatever `use` throws
 */
export async function withVolume<T>(
  file: ImageFile,
  limits: DecodeLimits,
  signal: AbortSignal,
  use: (volume: Volume) => Promise<T>,
): Promise<T> {
  const key = keyOf(file);
  const held = kept.get(key) ?? new Held();
  kept.delete(key);
  kept.set(key, held);
  held.users += 1;
  try {
    const stored = await held.shared.get(signal, (either) => store(file, limits, either, held));
    letGoOfOthers(key);
    if (!stored.folder) await refuseChanged(file);
    return await opened(stored.path, file.name, async (read) => {
      // What was asked of one with other limits holds for these too.
      refuseTooLarge(file, stored.facts.header, limits);
      return use({ ...stored.facts, length: stored.length, read });
    });
  } catch (error) {
    if (!held.stored && held.users === 1) kept.delete(key);
    throw typeof (error as NodeJS.ErrnoException).errno === 'number'
      ? fileError(error, file.name)
      : error;
  } finally {
    held.users -= 1;
    if (held.isGone) held.letGo();
  }
}

async function refuseChanged({ path, name, bytes, modifiedMs }: ImageFile): Promise<void> {
  const facts = await stat(path);
  if (facts.size !== bytes || facts.mtimeMs !== modifiedMs)
    throw new HourglassError('file-not-readable', say('changedMeanwhile', { name }), {
      hint: say('openAnew'),
    });
}

async function opened<T>(
  path: string,
  name: string,
  use: (read: Volume['read']) => Promise<T>,
): Promise<T> {
  const handle = await open(path, 'r');
  try {
    return await use((at, count) => readAll(handle, at, count, name));
  } finally {
    await handle.close();
  }
}

async function readAll(
  handle: FileHandle,
  at: number,
  count: number,
  name: string,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  let filled = 0;
  while (filled < count) {
    const { bytesRead } = await handle.read(bytes, filled, count - filled, at + filled);
    if (bytesRead === 0)
      throw new HourglassError(
        'damaged-image',
        say('cutShort', { name, declared: count, there: filled }),
      );
    filled += bytesRead;
  }
  return bytes;
}

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

async function store(
  file: ImageFile,
  limits: DecodeLimits,
  signal: AbortSignal,
  held: Held,
): Promise<Stored> {
  const { path, name, bytes } = file;
  await refuseChanged(file);
  const head = await readHead(path, HEAD_BYTES);
  const zipped = isGzip(head);
  const header = parseHeader(
    (zipped ? inflateHead(head, name) : head).subarray(0, headerBytes),
    name,
  );
  refuseTooLarge(file, header, limits);
  const whole = wholeBytes(header);
  const most = zipped ? bytes * MOST_INFLATION : bytes;
  if (whole > most) throw cutShort(name, header, most);
  const place = zipped
    ? await inflate(file, header, limits, signal)
    : { path, length: bytes, folder: null };
  try {
    const facts = await opened(place.path, name, (read) => look(name, header, read));
    held.stored = { ...place, facts };
    if (held.isGone) held.letGo();
    return { ...place, facts };
  } catch (error) {
    if (place.folder) removeTemporary(place.folder);
    throw error;
  }
}

const cutShort = (name: string, header: NiftiHeader, there: number): HourglassError =>
  new HourglassError(
    'damaged-image',
    say('cutShort', {
      name,
      declared: wholeBytes(header) - header.voxOffset,
      there: Math.max(0, there - header.voxOffset),
    }),
  );

function inflateHead(head: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw new HourglassError('damaged-image', say('inflateDamaged', { name }), { cause: error });
  }
}

function refuseTooLarge(
  { name }: ImageFile,
  { dims: [width = 1, height = 1] }: NiftiHeader,
  { maxMegapixels }: DecodeLimits,
): void {
  const megapixels = (width * height) / 1e6;
  if (megapixels <= maxMegapixels) return;
  throw new HourglassError(
    'image-too-large',
    say('tooLarge', {
      ...{ name, width, height, limit: maxMegapixels },
      megapixels: megapixels.toFixed(1),
    }),
    { details: { width, height } },
  );
}

/** The whole file, and no more than its header speaks of, in a private temporary file. */
async function inflate(
  { path, name }: ImageFile,
  header: NiftiHeader,
  limits: DecodeLimits,
  signal: AbortSignal,
): Promise<Omit<Stored, 'facts'>> {
  const whole = wholeBytes(header);
  const most = whole + MOST_BEHIND;
  const folder = await createTemporaryFolder({ bytes: whole, what: name });
  const target = join(folder, 'volume.nii');
  const over = new AbortController();
  let length = 0;
  let goesOn = false;
  const work = async (): Promise<void> => {
    const file = await open(target, 'wx', 0o600);
    try {
      await pipeline(
        createReadStream(path, { highWaterMark: 1 << 18 }),
        createGunzip({ chunkSize: 1 << 20 }),
        async (inflated: AsyncIterable<Uint8Array>) => {
          for await (const chunk of inflated) {
            // Damage often reads as a value without end; only its sum, at the end, would tell.
            goesOn ||= length + chunk.length > most;
            if (goesOn) return;
            await writeAll(file, chunk, length);
            length += chunk.length;
          }
        },
        { signal: over.signal },
      );
    } finally {
      await file.close();
    }
  };
  try {
    const timeoutMs = timeFor(limits, whole);
    await withinTime(work(), { name, timeoutMs, signal }).catch((error: unknown) => {
      if (!goesOn) throw asDamage(error, name);
    });
    if (goesOn) throw new HourglassError('damaged-image', say('goesOn', { name }));
    if (length < whole) throw cutShort(name, header, length);
    return { path: target, length, folder };
  } catch (error) {
    removeTemporary(folder);
    throw error;
  } finally {
    over.abort();
  }
}

/** What zlib says of a stream is damage; all else is what it is. */
const asDamage = (error: unknown, name: string): HourglassError =>
  (error as { code?: unknown }).code?.toString().startsWith('Z_')
    ? new HourglassError('damaged-image', say('inflateDamaged', { name }), { cause: error })
    : toHourglassError(error);

/** Goes once through all voxels where their type does not say which samples hold them. */
async function look(name: string, header: NiftiHeader, read: Volume['read']): Promise<VolumeFacts> {
  const exact = exactType(header.type);
  const [least, most] = exact ? [0, 0] : await extremesOf(header, read);
  refuseInexact(name, header, Math.max(-least, most));
  const sampleType = exact ?? narrowestType(least, most);
  const middle = Math.floor((slicesOf(header) - 1) / 2);
  const bytes = await read(header.voxOffset + middle * sliceBytes(header), sliceBytes(header));
  const [width, height] = header.dims as [number, number];
  const range = percentileRange({
    ...{ width, height, channels: 1, hasAlpha: false, sampleType },
    data: readVoxels(bytes, header, sampleType),
  });
  return {
    ...{ header, sampleType },
    rounded: sampleType === 'float32' && !exact && Math.max(-least, most) > MOST_EXACT,
    range: range && range.low < range.high ? range : null,
  };
}

/** Integers of 64 bits that no number here is: nothing of them would come back as it was. */
function refuseInexact(name: string, { type }: NiftiHeader, most: number): void {
  if (!(most > Number.MAX_SAFE_INTEGER)) return;
  throw new HourglassError(
    'unsupported-image',
    say('integersTooLarge', { name, type: type.toUpperCase() }),
    { hint: say('convertType') },
  );
}

async function extremesOf(
  header: NiftiHeader,
  read: Volume['read'],
): Promise<readonly [number, number]> {
  const end = wholeBytes(header);
  const step = header.bytesPerVoxel << 18;
  let [least, most] = [Infinity, -Infinity];
  for (let at = header.voxOffset; at < end; at += step) {
    const [low, high] = extremes(await read(at, Math.min(step, end - at)), header);
    least = Math.min(least, low);
    most = Math.max(most, high);
    await nextTurn();
  }
  return [least, most];
}
