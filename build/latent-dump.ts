/**
 * A latent file byte by byte, with what each byte says: the walked-through example in
 * docs/latent-format.md, made from a real file by `build/latent-example.mjs` and held to by a test. Reads
 * by itself what the reader of the program reads, so that the two agree or the test fails.
 */
import { crc32c } from '../app/latent/entropy/crc32c.ts';
import { openLatentFile } from '../app/latent/container/index.ts';

const hex = (value: number, digits: number): string =>
  value.toString(16).toUpperCase().padStart(digits, '0');

const bytesPerLine = 12;

class Dump {
  readonly #bytes: Uint8Array;
  readonly #lines: string[] = [];
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get at(): number {
    return this.#at;
  }

  heading(text: string): void {
    this.#lines.push(`${this.#lines.length > 0 ? '\n' : ''}; ${text}`);
  }

  /** Takes bytes and says what they are; long runs go over several lines. */
  take(length: number, meaning: string | ((bytes: Uint8Array) => string)): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    const words = typeof meaning === 'string' ? meaning : meaning(taken);
    for (let from = 0; from < Math.max(1, length); from += bytesPerLine) {
      const line = [...taken.subarray(from, from + bytesPerLine)].map((byte) => hex(byte, 2));
      const where = hex(this.#at + from, 4);
      const text = from === 0 ? words : '';
      this.#lines.push(`${where}  ${line.join(' ').padEnd(bytesPerLine * 3)} ${text}`.trimEnd());
    }
    this.#at += length;
    return taken;
  }

  number(length: number, meaning: (value: number) => string): number {
    const value = (bytes: Uint8Array): number =>
      bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
    return value(this.take(length, (bytes) => meaning(value(bytes))));
  }

  varint(meaning: (value: number) => string): number {
    let length = 1;
    while (this.#bytes[this.#at + length - 1]! >= 128) length += 1;
    const value = (bytes: Uint8Array): number =>
      bytes.reduceRight((sum, byte) => sum * 128 + (byte & 127), 0);
    return value(this.take(length, (bytes) => meaning(value(bytes))));
  }

  text(what: string): void {
    const length = this.varint((value) => `${what}: ${value} bytes`);
    this.take(length, (bytes) => `“${Buffer.from(bytes).toString('utf8')}”`);
  }

  done(): string {
    return this.#lines.join('\n');
  }
}

/** The file as text, some 60 lines for a small one. @throws HourglassError for a file that can not be opened */
export async function dumpLatentFile(bytes: Uint8Array): Promise<string> {
  const file = await openLatentFile(bytes, { name: 'the example' });
  const { header, info, tiles } = file;
  const dump = new Dump(bytes);
  dump.heading('Frame');
  dump.take(8, 'signature');
  dump.number(1, (version) => `format version ${version}`);
  dump.number(
    1,
    (flags) =>
      `flags ${flags}: ${header.tones}${header.hasAlpha ? ', alpha' : ''}${header.lossyScan ? ', lossy scan' : ''}${header.narrow ? ', narrow' : ''}${header.measured ? ', measured' : ''}`,
  );
  const bodyBytes = dump.number(2, (length) => `the header has ${length} bytes`);
  const covered = Buffer.concat([bytes.subarray(8, 12), bytes.subarray(16, 16 + bodyBytes)]);
  dump.number(4, (crc) => {
    if (crc !== crc32c(covered)) throw new Error('the CRC of the header is wrong');
    return 'CRC-32C of the four bytes before it and of the header';
  });
  dump.heading('Header');
  dump.varint((width) => `${width} pixels wide`);
  dump.varint((height) => `${height} pixels high`);
  dump.number(1, (bits) => `tiles of 2^${bits} = ${2 ** bits} pixels a side`);
  dump.number(
    1,
    (step) => `quantiser step ${step}: 2^(${step}/16) = ${(2 ** (step / 16)).toFixed(3)} levels`,
  );
  dump.number(1, (quality) => `quality ${quality}`);
  dump.number(
    1,
    (sample) => `source: type ${sample >> 6} (${header.sampleType}), ${sample & 63} bits`,
  );
  dump.number(1, (orientation) => `orientation ${orientation} of the source, applied already`);
  dump.text('network');
  dump.text('its version');
  dump.take(16, 'fingerprint of its decoder');
  dump.text('written by');
  const directoryBytes = dump.varint((length) => `the directory has ${length} bytes`);
  if (header.measured) dump.take(16 + bodyBytes - dump.at, 'what values measure');
  const directory = dump.at;
  dump.heading('Directory');
  dump.varint((count) => `${count} ${count === 1 ? 'chunk' : 'chunks'}`);
  for (const chunk of info.chunks) {
    dump.take(4, () => `chunk “${chunk.type}”`);
    dump.varint((length) => `its ${length} bytes`);
    dump.number(4, () => 'their CRC-32C');
  }
  for (const { index, x, y, width, height } of tiles) {
    dump.varint(
      (length) =>
        `tile ${index} (${width} × ${height} pixels at ${x}, ${y}): preview, ${length} bytes`,
    );
    dump.varint((length) => `rest, ${length} bytes`);
    dump.number(4, () => 'CRC-32C of the symbols of group 0');
    dump.number(4, () => 'CRC-32C of all its symbols');
  }
  dump.number(4, (crc) => {
    if (crc !== crc32c(bytes.subarray(directory, directory + directoryBytes - 4)))
      throw new Error('the CRC of the directory is wrong');
    return 'CRC-32C of the directory';
  });
  dump.heading('Chunks, previews, rests');
  for (const { type, bytes: length } of info.chunks) dump.take(length, `content of “${type}”`);
  for (const { index, previewBytes } of tiles) dump.take(previewBytes, `tile ${index}, preview`);
  for (const { index, restBytes } of tiles) dump.take(restBytes, `tile ${index}, rest`);
  dump.heading('End');
  dump.take(16, 'SHA-256 of everything before, its first 16 bytes');
  if (dump.at !== bytes.length) throw new Error('the example does not end where its parts do');
  if (!(await file.verifyContent(new AbortController().signal)))
    throw new Error('the hash of the example is wrong');
  return dump.done();
}

/** Where the example stands in docs/latent-format.md: between these two lines. */
export const exampleMarks = [
  '<!-- example: made by build/latent-example.mjs -->',
  '<!-- end of example -->',
] as const;

/** The bytes of a dump. */
export const bytesOfDump = (text: string): Uint8Array =>
  Uint8Array.from(
    text
      .split('\n')
      .filter((line) => /^[0-9A-F]{4} {2}/.test(line))
      .flatMap((line) =>
        line
          .slice(6, 6 + bytesPerLine * 3)
          .trim()
          .split(' '),
      )
      .filter((byte) => byte !== '')
      .map((byte) => parseInt(byte, 16)),
  );
