/**
 * A result written as the object that it comes from: the file's elements as they are but for those of `derive.ts`, with the pixels
 * that came in as rows. Which syntaxes there are is PS3.5, 10 and annex A.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { HourglassError, throwIfCancelled, type Notice } from '../../../contract/index.ts';
import type { TransferSyntaxChoice } from '../../../contract/dicom-object.ts';
import {
  nextTurn,
  timeFor,
  type DecodeLimits,
  type FinishedFile,
  type ObjectRequest,
  type SourceObject,
} from '../../../pixels/index.ts';
import { writeAll } from '../../../pixels/formats/splice.ts';
import { frameThread } from '../../frame-thread.ts';
import { codedBits } from '../../lossless.ts';
import { say } from '../../sentences.ts';
import type { DicomFile } from '../file.ts';
import {
  afterDeriving,
  countsOf,
  deidentified,
  mappedUid,
  type Counts,
} from '../deidentify/deidentify.ts';
import { clearBits, overlayBits } from '../deidentify/pixels.ts';
import type { FrameCoding } from '../frame-protocol.ts';
import { frameLength } from '../frames.ts';
import type { PixelFacts } from '../image.ts';
import { methodOfLoss } from '../past-loss.ts';
import { scaleOfFrame } from '../scale.ts';
import type { Words } from '../values.ts';
import { derivedElements, fileMeta, textOf, type Deriving } from './derive.ts';
import { explicitLittle, PIXEL_DATA, readFile, type Element, type Encoding } from './elements.ts';
import { ElementWriter, evenValue, header, joined, type Piece, type Source } from './encode.ts';
import { FrameBack } from './frame.ts';
import { implementationClassUid } from './uids.ts';

/** What the reader lends. */
export interface FramesOf {
  readonly limits: DecodeLimits;
  /** The file, parsed again where it was let go of. */
  parsed(): Promise<DicomFile>;
  /** Words of a frame as its samples were read from them. */
  words(dicom: DicomFile, frame: number, signal: AbortSignal): Promise<Words>;
}

/** Lengths have 32 bits, the last of which says that there is none. */
const MOST_BYTES = 2 ** 32 - 2;

const syntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  'jpeg-ls': '1.2.840.10008.1.2.4.80',
  htj2k: '1.2.840.10008.1.2.4.201',
} as const;

/** A frame of a file, as what it goes back into. @param frame from 0 on */
export function sourceObject(
  name: string,
  facts: PixelFacts,
  frame: number,
  of: FramesOf,
): SourceObject {
  const { rows: height, columns: width, samples, bitsAllocated, frames, photometric } = facts;
  return {
    ...{ width, height, frames, channels: samples },
    bytesPerSample: (bitsAllocated / 8) as 1 | 2,
    refused: photometric === 'PALETTE COLOR' ? say('paletteNotWritten', { name }) : null,
    refusesSyntax: (syntax) =>
      // OpenJPH in WASM gives back other values: each of 9 to 16 bits was tried.
      syntax === 'htj2k' && samples === 3 && bitsAllocated === 16
        ? {
            text: say('deepColourNotCoded', { name, coding: syntax }),
            hint: say('otherSyntaxInstead'),
          }
        : null,
    notAlone:
      frames > 1
        ? say('framesNotAlone', { name, count: frames })
        : say('seriesNotOneFile', { name }),
    async begin(action, signal) {
      const dicom = await of.parsed();
      const words = await of.words(dicom, frame, signal);
      const { padding } = scaleOfFrame(dicom.dataSet, facts, frame).scale;
      return new FrameBack(action, words, facts, samples === 1 ? padding : undefined);
    },
    async write(request) {
      const dicom = await of.parsed();
      return new ObjectFile(dicom, facts, of.limits, request).write();
    },
  };
}

class ObjectFile {
  readonly #dicom: DicomFile;
  readonly #facts: PixelFacts;
  readonly #limits: DecodeLimits;
  readonly #request: ObjectRequest;
  readonly #frames: readonly FrameBack[];
  #position = 0;
  /** Bits that are cleared in each word. */
  #overlays = 0;

  constructor(dicom: DicomFile, facts: PixelFacts, limits: DecodeLimits, request: ObjectRequest) {
    this.#dicom = dicom;
    this.#facts = facts;
    this.#limits = limits;
    this.#request = request;
    this.#frames = request.frames as readonly FrameBack[];
  }

  async write(): Promise<FinishedFile> {
    const { bytes, name, syntax } = this.#dicom;
    const { software, settings } = this.#request;
    const { meta, elements } = readFile(bytes, name, syntax);
    const pixelData = elements.find(({ tag }) => tag === PIXEL_DATA)!;
    if (this.#frameBytes * this.#frames.length > MOST_BYTES)
      throw new HourglassError('output-unsupported', say('tooLargeObject', { name }));
    const wanted = settings.transferSyntax;
    const coding = wanted === 'uncompressed' || wanted === 'explicit' ? null : wanted;
    const to: Pick<Encoding, 'explicit'> = {
      explicit: syntax.explicit || wanted !== 'uncompressed',
    };
    const source: Source = { bytes, encoding: syntax, signed: this.#facts.signed };
    const byTag = new Map(elements.map((element) => [element.tag, element]));
    const { run, deidentify, retain } = settings;
    const clean = deidentify ? deidentified({ name, source, elements, to, run, retain }) : null;
    this.#overlays = clean ? overlayBits(byTag, source, this.#facts) : 0;
    const writer = new ElementWriter(clean?.source ?? source, to);
    // Nothing was changed, and nothing has to be: the source's own pixel data.
    const verbatim =
      !coding && syntax.encapsulated === 'no' && !this.#isChanged && this.#overlays === 0;
    const uid = (tag: number, metaTag: number): string =>
      textOf({ bytes }, byTag.get(tag) ?? meta.find((one) => one.tag === metaTag)).replace(
        /\0/g,
        '',
      );
    const sopInstance = uid(0x0008_0018, 0x0002_0003);
    const content = createHash('sha256').update(bytes).digest('hex');
    const isRenamed = clean && sopInstance && !retain.includes('uids');
    const from: Deriving = {
      elements: clean ? new Map(clean.elements.map((element) => [element.tag, element])) : byTag,
      bytes: clean?.source.bytes ?? bytes,
      ...{ writer, software, run },
      sopClass: uid(0x0008_0016, 0x0002_0002),
      sopInstance: isRenamed ? mappedUid(run, sopInstance) : sopInstance,
      sourceKey: sopInstance || content,
      content,
      action: actionOf(this.#frames),
      frameActions: this.#frames.map(({ action }) => action),
      frameChanged: this.#frames.map(({ changed }) => changed),
      cleans: settings.cleans !== false,
      pixels: verbatim ? [] : this.#described(writer, byTag),
    };
    const pieces = derivedElements(from, PIXEL_DATA);
    const target = coding ?? (to.explicit ? 'explicit' : 'implicit');
    const plain = new ElementWriter(source, explicitLittle);
    await this.#put(fileMeta(from, plain, syntaxes[target], implementationClassUid));
    await this.#put(joined(pieces.filter(({ tag }) => tag < PIXEL_DATA)));
    if (coding) await this.#putEncoded(coding);
    else if (verbatim) await this.#putSourcePixels(pixelData, to, deidentify);
    else await this.#putRows(pixelData, to);
    await this.#put(joined(pieces.filter(({ tag }) => tag > PIXEL_DATA)));
    const notices = this.#notices(settings.transferSyntax);
    if (!clean) return { bytes: this.#position, notices };
    const list = afterDeriving(clean, pieces, writer);
    notices.push(...this.#notIdentifying(countsOf(list), byTag));
    return { bytes: this.#position, notices, deidentified: list };
  }

  get #isChanged(): boolean {
    return this.#frames.some(({ changed }) => changed);
  }

  get #frameBytes(): number {
    const { rows, columns, samples, bitsAllocated } = this.#facts;
    return rows * columns * samples * (bitsAllocated / 8);
  }

  /** Elements of the image pixel module that are not true any more of pixels one after another. */
  #described(writer: ElementWriter, elements: ReadonlyMap<number, Element>): Piece[] {
    const { photometric, samples, frames } = this.#facts;
    const pieces: Piece[] = [];
    if (photometric.startsWith('YBR')) pieces.push(writer.made(0x0028_0004, 'CS', 'RGB'));
    if (samples === 3 && this.#facts.planar)
      pieces.push(writer.made(0x0028_0006, 'US', Buffer.alloc(2)));
    const method = methodOfLoss(this.#dicom, this.#facts, 0);
    const said = textOf(this.#dicom, elements.get(0x0028_2110));
    if (!method || said === '01') return pieces;
    // The transfer syntax or the stream alone said it, which the copy has not any more.
    const pixelData = elements.get(PIXEL_DATA)!;
    const ratio = (this.#frameBytes * frames) / Math.max(1, pixelData.end - pixelData.value);
    pieces.push(writer.made(0x0028_2110, 'CS', '01'));
    if (!elements.has(0x0028_2112))
      pieces.push(writer.made(0x0028_2112, 'DS', ratio.toFixed(3).slice(0, 16)));
    if (!elements.has(0x0028_2114)) pieces.push(writer.made(0x0028_2114, 'CS', method));
    return pieces;
  }

  async #put(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#request.target, bytes, this.#position);
    this.#position += bytes.length;
  }

  /** VR of uncompressed pixels (PS3.5, 8.2 and A.2). */
  #nativeVr(source: Element): string {
    if (this.#facts.bitsAllocated > 8) return 'OW';
    const isNative = this.#dicom.syntax.encapsulated === 'no' && this.#dicom.syntax.explicit;
    return isNative && source.vr === 'OW' ? 'OW' : 'OB';
  }

  /** @param exactly without what lies behind the last frame */
  async #putSourcePixels(
    source: Element,
    to: Pick<Encoding, 'explicit'>,
    exactly: boolean,
  ): Promise<void> {
    const { bytes, syntax } = this.#dicom;
    const whole = bytes.subarray(source.value, source.end);
    const length = frameLength(this.#facts) * this.#frames.length;
    const stored = exactly ? evenValue('OB', whole.subarray(0, length)) : whole;
    await this.#put(header(PIXEL_DATA, this.#nativeVr(source), stored.length, to));
    const swaps =
      !syntax.littleEndian &&
      (this.#facts.bitsAllocated === 16 || source.vr === 'OW') &&
      stored.length % 2 === 0;
    await this.#put(swaps ? Buffer.from(stored).swap16() : stored);
  }

  async #putRows(source: Element, to: Pick<Encoding, 'explicit'>): Promise<void> {
    const { signal } = this.#request;
    const length = this.#frameBytes * this.#frames.length;
    const padded = length + (length % 2);
    await this.#put(header(PIXEL_DATA, this.#nativeVr(source), padded, to));
    const step = 1 << 22;
    for (let at = 0; at < length; at += step) {
      throwIfCancelled(signal);
      await this.#put(await this.#rowsAt(at, Math.min(step, length - at)));
    }
    if (padded > length) await this.#put(new Uint8Array(1));
  }

  async #rowsAt(at: number, length: number): Promise<Uint8Array> {
    const bytes = await readAt(this.#request.rows, at, length);
    if (this.#overlays !== 0)
      clearBits(bytes, this.#overlays, (this.#facts.bitsAllocated / 8) as 1 | 2);
    return bytes;
  }

  /** One fragment a frame, and where each begins (PS3.5, A.4). */
  async #putEncoded(coding: FrameCoding): Promise<void> {
    const { target, signal } = this.#request;
    const { name } = this.#dicom;
    const table = Buffer.alloc(4 * this.#frames.length);
    await this.#put(header(PIXEL_DATA, 'OB', 0xffff_ffff, explicitLittle));
    await this.#put(itemHeader(table.length));
    const tableAt = this.#position;
    await this.#put(table);
    const first = this.#position;
    for (let frame = 0; frame < this.#frames.length; frame++) {
      throwIfCancelled(signal);
      const offset = this.#position - first;
      if (offset > MOST_BYTES)
        throw new HourglassError('output-unsupported', say('tooLargeObject', { name }));
      table.writeUInt32LE(offset, 4 * frame);
      const stream = await this.#encoded(coding, frame);
      await this.#put(itemHeader(stream.length + (stream.length % 2)));
      await this.#put(stream);
      if (stream.length % 2 === 1) await this.#put(new Uint8Array(1));
      await nextTurn();
    }
    await this.#put(Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]));
    await writeAll(target, table, tableAt);
  }

  /** A frame, encoded, decoded again and compared. */
  async #encoded(coding: FrameCoding, frame: number): Promise<Uint8Array> {
    const { signal } = this.#request;
    const { name } = this.#dicom;
    const { rows: height, columns, samples, bitsAllocated } = this.#facts;
    const shape = { name, rows: height, columns, samples };
    const bytes = await this.#rowsAt(frame * this.#frameBytes, this.#frameBytes);
    const words = (own: Uint8Array): Words =>
      bitsAllocated === 8 ? own : new Uint16Array(own.buffer as ArrayBuffer);
    const timeoutMs = timeFor(this.#limits, this.#frameBytes);
    const stream = await frameThread.encode(
      {
        ...{ ...shape, coding, signed: this.#facts.signed },
        bits: codedBits(words(bytes), this.#facts),
        words: words(bytes.slice()),
      },
      timeoutMs,
      signal,
    );
    const again = await frameThread.decode(
      { ...shape, kind: coding, stream: new Uint8Array(stream), bitsAllocated },
      timeoutMs,
      signal,
    );
    const isSame = Buffer.from(again.buffer as ArrayBuffer, again.byteOffset, again.byteLength);
    if (!isSame.equals(bytes))
      throw new HourglassError('output-not-writable', say('notTheSame', { name, coding }), {
        hint: say('explicitInstead'),
      });
    return stream;
  }

  #notices(syntax: TransferSyntaxChoice): Notice[] {
    const { name } = this.#request;
    const sum = (of: 'clipped' | 'moved'): number =>
      this.#frames.reduce((total, frame) => total + frame[of], 0);
    const [clipped, moved] = [sum('clipped'), sum('moved')];
    const notices: Notice[] = [];
    if (clipped > 0)
      notices.push({
        level: 'warning',
        text: say('valuesClipped', { name, count: clipped, bits: this.#facts.bitsStored }),
      });
    if (moved > 0)
      notices.push({ level: 'info', text: say('valuesMoved', { name, count: moved }) });
    if (syntax === 'htj2k')
      notices.push({ level: 'warning', text: say('olderArchives', { name }) });
    return notices;
  }

  #notIdentifying(counts: Counts, elements: ReadonlyMap<number, Element>): Notice[] {
    const { name, settings } = this.#request;
    const notices: Notice[] = [{ level: 'info', text: say('deidentified', { name, ...counts }) }];
    const burnedIn = textOf(this.#dicom, elements.get(0x0028_0301));
    if (burnedIn !== 'NO')
      notices.push({ level: 'warning', text: say('burnedIn', { name, said: burnedIn || 'none' }) });
    if (settings.retain.length > 0)
      notices.push({
        level: 'info',
        text: say('retained', { name, list: settings.retain.join(', ') }),
      });
    return notices;
  }
}

function itemHeader(length: number): Buffer {
  const bytes = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, at + filled);
    if (bytesRead === 0) throw new HourglassError('internal', 'Rows of a frame are missing.');
    filled += bytesRead;
  }
  return bytes;
}

/** What was done to all frames: where only their noise levels differ, from which to which. */
function actionOf(frames: readonly FrameBack[]): string {
  const [first = '', ...others] = new Set(frames.map(({ action }) => action));
  if (others.length === 0) return first;
  const pattern = /noise level (\d+(?:\.\d+)?)/;
  const all = [first, ...others];
  const levels = all.map((action) => Number(pattern.exec(action)?.[1] ?? 0));
  const [low, high] = [Math.min(...levels), Math.max(...levels)].map(
    // As many digits as each has.
    (level) => level.toFixed(Math.max(...all.map((one) => digitsOf(pattern.exec(one)?.[1])))),
  );
  const words = all.find((action) => !action.includes('pixels unchanged')) ?? first;
  return words.replace(pattern, `noise level per frame, ${low} to ${high}`);
}

const digitsOf = (number = ''): number => (/\.(\d+)$/.exec(number)?.[1] ?? '').length;
