/**
 * A picture made ready for others on its way into the file: smaller, in sRGB, without what says where it was
 * taken. Rows wait in a temporary file as they come, and go through libvips (Lanczos, lcms) into the writer of the
 * format when the last one is there. Rows that nobody wants changed go straight to that writer.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  HourglassError,
  throwIfCancelled,
  type Notice,
  type Sharing,
} from '../../contract/index.ts';
import { vipsHeader, vipsTrailer, interpretation } from '../formats/vips-file.ts';
import { writeAll } from '../formats/splice.ts';
import { shownProfile } from '../colour/description.ts';
import { completeMetadata } from '../metadata/index.ts';
import { profileSpace } from '../metadata/icc.ts';
import { matrixProfile } from '../metadata/matrix-profile.ts';
import { srgbEncode } from '../display.ts';
import { writeError } from '../output-place.ts';
import { bytesPerSample, colourChannels, maxValue, type Samples } from '../raster.ts';
import { convertPixels, endsOfRows, type Ends } from '../samples.ts';
import { endsWritten } from '../display-range.ts';
import { createTemporaryFolder, removeTemporary } from '../temporaries.ts';
import type { FinishedFile, ImageWriter, WriteRequest } from '../types.ts';
import { sharp } from '../vips.ts';
import { asSamples } from '../vips-samples.ts';
import { createWriter } from '../write.ts';
import { scaledExif } from './scaled-exif.ts';
import { partWords, withoutPrivateParts, type Stripped } from './private-parts.ts';
import { say } from './sentences.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of the file: no side longer than asked for, the shape as it is, never larger. */
export function sharedSize({ width, height }: Size, maxSide: number | undefined): Size {
  const share = (maxSide ?? Infinity) / Math.max(width, height);
  if (share >= 1) return { width, height };
  const side = (length: number): number => Math.max(1, Math.round(length * share));
  return { width: side(width), height: side(height) };
}

/**
 * Begins an output as `createWriter` does.
 * @throws HourglassError as `createWriter`; output-unsupported where pixels of this kind can not be resized or
 *   converted
 */
export async function createSharingWriter(
  request: WriteRequest,
  sharing: Sharing,
): Promise<ImageWriter> {
  if (sharing.srgb && request.format === 'dng')
    throw new HourglassError(
      'output-unsupported',
      say('dngIsNotSrgb', { name: basename(request.path) }),
      { hint: say('leaveColoursAsTheyAre') },
    );
  const isScan = request.format === 'nifti' || request.format === 'dicom';
  if (sharing.strip === 'all' && isScan)
    throw new HourglassError(
      'output-unsupported',
      say('headerStays', { name: basename(request.path) }),
      { hint: say(request.format === 'dicom' ? 'deidentifyInstead' : 'keepMetadata') },
    );
  const stripped = await withoutPrivateParts(request.from.metadata, sharing.strip);
  const notices: Notice[] = [];
  const done: string[] = [];
  const note = (level: Notice['level'], text: string): void => void notices.push({ level, text });
  if (sharing.strip !== 'nothing') {
    const { removed } = stripped;
    const isNone = removed.length === 0;
    const list = removed.map(partWords).join(', ');
    if (isScan) note('warning', say('scanSaysPlace', { name: basename(request.path) }));
    else note('info', isNone ? say(nothingOf[sharing.strip]) : say('leftOut', { list }));
    if (!isNone) done.push(`without ${removed.join(', ')}`);
  }
  const size = sharedSize(request, sharing.maxSide);
  const resized = size.width !== request.width;
  if (resized) {
    note('info', say('resizedTo', { ...size, maxSide: sharing.maxSide! }));
    done.push(`resized to ${size.width} × ${size.height}`);
  }
  const colours = sharing.srgb ? conversionOf(request) : null;
  if (colours) {
    note('info', say('convertedToSrgb', { profile: colours.from }));
    done.push('converted to sRGB');
  }
  const mark = { ...request.mark, action: [request.mark.action, ...done].join('; ') };
  let metadata = colours ? await inSrgb(stripped.metadata, colours) : stripped.metadata;
  const share = size.width / request.width;
  if (resized && metadata.photoshop)
    metadata = { ...metadata, photoshop: metadata.photoshop.scaled(share) };
  if (resized && metadata.exif)
    metadata = { ...metadata, exif: await scaledExif(metadata.exif, share) };
  const { extra, ...from } = request.from;
  if (extra && resized) note('warning', say('extraSamplesNotResized'));
  const kept = extra && !resized ? { extra } : {};
  const prepared = { ...request, ...size, mark, from: { ...from, ...kept, metadata } };
  if (!resized && !colours) return telling(await createWriter(prepared), notices);
  if (request.sampleType !== 'uint8' && request.sampleType !== 'uint16')
    throw new HourglassError(
      'output-unsupported',
      say('onlyIntegersShared', { name: basename(request.path) }),
      { hint: say('chooseEightOrSixteenBits') },
    );
  const writer = await createWriter(prepared);
  try {
    const folder = await createTemporaryFolder({
      bytes: 4 * request.width * request.height * request.channels,
      what: basename(request.path),
    });
    const rows = await open(join(folder, 'rows.v'), 'wx', 0o600);
    const facts = { folder, rows, writer, size, notices, colours };
    const sharer = new SharingWriter(request, facts);
    await sharer.begin();
    return sharer;
  } catch (error) {
    await writer.abort();
    throw writeError(error, request.path);
  }
}

const nothingOf = { location: 'noLocationToLeaveOut', all: 'noMetadataToLeaveOut' } as const;

/** How the colours become sRGB. */
interface Conversion {
  /** Name of the profile that they have. */
  readonly from: string;
  /** Through lcms, the profile beside the pixels; null: by the table. */
  readonly icc: Uint8Array | null;
  /** Encoded gray on [0,1] to sRGB-encoded gray on [0,1]. */
  readonly gray: ((value: number) => number) | null;
}

/** null: they are sRGB, or nothing says that they are not. @throws HourglassError output-unsupported */
function conversionOf(request: WriteRequest): Conversion | null {
  const { path, from } = request;
  const { profileName } = from.metadata;
  const colours = colourChannels(request);
  const icc = shownProfile(from.metadata, colours);
  const space = profileSpace(icc);
  if (!icc || space === null) return null;
  const name = profileName ?? say('unnamedProfile');
  if (space === 'RGB ' && colours === 3)
    return /^sRGB\b/.test(name) ? null : { from: name, icc, gray: null };
  const curve = space === 'GRAY' ? matrixProfile(icc)?.curves[0] : undefined;
  if (!curve)
    throw new HourglassError(
      'output-unsupported',
      say('profileNotConverted', { name: basename(path), profile: name }),
      { hint: say('leaveColoursAsTheyAre') },
    );
  return { from: name, icc: null, gray: (value) => srgbEncode(curve(value)) };
}

/** Tagged as sRGB; gray is that without a tag, as everywhere. */
async function inSrgb(
  metadata: Stripped['metadata'],
  { gray }: Conversion,
): Promise<Stripped['metadata']> {
  const icc = gray ? null : await srgbProfile();
  return { ...(await completeMetadata({ ...metadata, pngColour: null, icc })), colour: null };
}

let profile: Promise<Uint8Array> | null = null;

/** The sRGB profile of libvips. */
function srgbProfile(): Promise<Uint8Array> {
  profile ??= (async () => {
    const one = sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } });
    const png = await one.withIccProfile('srgb').png().toBuffer();
    return new Uint8Array((await sharp(png).metadata()).icc!);
  })();
  return profile;
}

/** A writer that has more to say at the end. */
export const telling = (writer: ImageWriter, more: readonly Notice[]): ImageWriter => ({
  writeRows: (samples, rows) => writer.writeRows(samples, rows),
  abort: () => writer.abort(),
  async finish(signal) {
    const { notices, ...written } = await writer.finish(signal);
    return { ...written, notices: [...notices, ...more] };
  },
});

interface Facts {
  readonly folder: string;
  readonly rows: FileHandle;
  readonly writer: ImageWriter;
  readonly size: Size;
  readonly notices: readonly Notice[];
  readonly colours: Conversion | null;
}

class SharingWriter implements ImageWriter {
  readonly #request: WriteRequest;
  readonly #facts: Facts;
  readonly #gray: Uint8Array | Uint16Array | null;
  /**
   * libvips makes 16 bits smaller with weights of 12: a flat gray comes out as a pattern of ±0.1 %. Floats it leaves
   * flat (findings/sharp-16-bit-resize-ripples.sh).
   */
  readonly #asFloats: boolean;
  readonly #ends: Ends | undefined;
  #position = 0;
  #open = true;

  constructor(request: WriteRequest, facts: Facts) {
    this.#request = request;
    this.#facts = facts;
    const gray = facts.colours?.gray;
    this.#gray = gray ? tableOf(gray, request.sampleType === 'uint8' ? 'uint8' : 'uint16') : null;
    this.#ends =
      request.sampleType === 'uint8' ? endsWritten(request.from) : request.from.raster.scale;
    this.#asFloats = request.sampleType === 'uint16' && facts.size.width !== request.width;
  }

  begin(): Promise<void> {
    const sampleType = this.#asFloats ? 'float32' : this.#request.sampleType;
    return this.#append(
      vipsHeader({ ...this.#request, sampleType }, interpretation(this.#request)),
    );
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#facts.rows, bytes, this.#position);
    this.#position += bytes.length;
  }

  async writeRows(samples: Samples): Promise<void> {
    const { sampleType, channels, hasAlpha, from } = this.#request;
    const ends = endsOfRows(samples, { ...from.raster, scale: this.#ends });
    const stored = convertPixels(samples, sampleType, { channels, hasAlpha }, { ends });
    const gray = this.#gray ? through(this.#gray, stored, channels, hasAlpha) : stored;
    const ready = this.#asFloats ? new Float32Array(gray) : gray;
    try {
      await this.#append(new Uint8Array(ready.buffer, ready.byteOffset, ready.byteLength));
    } catch (error) {
      throw writeError(error, this.#request.path);
    }
  }

  async finish(signal: AbortSignal): Promise<FinishedFile> {
    const { writer, notices, colours, folder, rows } = this.#facts;
    try {
      const icc = colours?.icc ?? null;
      await this.#append(vipsTrailer({ 'icc-profile-data': icc }));
      await rows.close();
      this.#open = false;
      await this.#pass(join(folder, 'rows.v'), signal);
      removeTemporary(folder);
      const written = await writer.finish(signal);
      return { ...written, notices: [...written.notices, ...notices] };
    } catch (error) {
      await this.abort();
      throw writeError(error, this.#request.path);
    }
  }

  /** All rows through libvips, a few at a time into the writer. */
  async #pass(path: string, signal: AbortSignal): Promise<void> {
    const { writer, size, colours } = this.#facts;
    const { channels, sampleType, width } = this.#request;
    let image = sharp(path, { ignoreIcc: true, limitInputPixels: false });
    if (size.width !== width) image = image.resize({ ...size, fit: 'fill', kernel: 'lanczos3' });
    // Of one tone and alpha in 8 bits sharp would hand out the tone alone.
    const asColour = channels === 2 && sampleType === 'uint8';
    image = image.toColourspace(asColour ? 'srgb' : interpretation({ channels, sampleType }).name);
    if (colours?.icc) image = image.withIccProfile('srgb', { attach: false });
    const type = this.#asFloats ? 'float32' : sampleType;
    const depth = type === 'float32' ? 'float' : type === 'uint16' ? 'ushort' : 'uchar';
    const pixels = image.raw({ depth });
    const rowBytes = size.width * (asColour ? 4 : channels) * bytesPerSample(type);
    let waiting: Buffer = Buffer.alloc(0);
    for await (const chunk of pixels as AsyncIterable<Buffer>) {
      throwIfCancelled(signal);
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      const rows = Math.floor(waiting.length / rowBytes);
      if (rows === 0) continue;
      const whole = Buffer.from(waiting.subarray(0, rows * rowBytes));
      const samples = asSamples(whole, type);
      const own = this.#asFloats ? rounded(samples) : samples;
      await writer.writeRows(asColour ? redAndAlpha(own) : own, rows);
      waiting = waiting.subarray(rows * rowBytes);
    }
  }

  async abort(): Promise<void> {
    const { rows, writer, folder } = this.#facts;
    if (this.#open) await rows.close();
    this.#open = false;
    removeTemporary(folder);
    await writer.abort();
  }
}

/** To the nearest, in the range of 16 bits: the kernel overshoots at edges. */
const rounded = (floats: Samples): Uint16Array =>
  Uint16Array.from(floats, (value) => Math.min(65_535, Math.max(0, Math.round(value))));

function redAndAlpha(rgba: Samples): Samples {
  const two = rgba.slice(0, rgba.length / 2);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    two[to++] = rgba[from]!;
    two[to++] = rgba[from + 3]!;
  }
  return two;
}

function tableOf(
  gray: (value: number) => number,
  type: 'uint8' | 'uint16',
): Uint8Array | Uint16Array {
  const most = maxValue(type);
  const table = type === 'uint8' ? new Uint8Array(most + 1) : new Uint16Array(most + 1);
  for (let value = 0; value <= most; value++) table[value] = Math.round(gray(value / most) * most);
  return table;
}

/** Gray through a table, alpha as it is. */
function through(
  table: Uint8Array | Uint16Array,
  samples: Samples,
  channels: number,
  hasAlpha: boolean,
): Samples {
  const result = samples.slice();
  const step = hasAlpha ? channels : 1;
  for (let at = 0; at < result.length; at += step) result[at] = table[result[at]!]!;
  return result;
}
