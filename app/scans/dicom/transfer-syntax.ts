/** Transfer syntaxes: how a DICOM file's elements are written, and how its pixel data is coded (PS3.5, section 10 and annex A). */

export interface TransferSyntax {
  readonly uid: string;
  /** Of its elements. */
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  /** The data set is deflated as a whole (PS3.5, A.5). */
  readonly deflated: boolean;
  /** Pixel data is in fragments: RLE, or a stream whose own marker says what it is. */
  readonly encapsulated: 'no' | 'rle' | 'stream';
}

const base = '1.2.840.10008.1.2';

const uncompressed = (suffix: string, part: Partial<TransferSyntax> = {}): TransferSyntax => ({
  uid: base + suffix,
  ...{ explicit: true, littleEndian: true, deflated: false, encapsulated: 'no' },
  ...part,
});

const streamed = (suffix: string): TransferSyntax =>
  uncompressed(suffix, { encapsulated: 'stream' });

const all: readonly TransferSyntax[] = [
  uncompressed('', { explicit: false }), // implicit little endian
  uncompressed('.1'), // explicit little endian
  uncompressed('.1.99', { deflated: true }), // deflated explicit little endian
  uncompressed('.2', { littleEndian: false }), // explicit big endian
  uncompressed('.5', { encapsulated: 'rle' }), // RLE lossless
  streamed('.4.50'), // JPEG baseline
  streamed('.4.51'), // JPEG extended
  streamed('.4.57'), // JPEG lossless
  streamed('.4.70'), // JPEG lossless, first-order prediction
  streamed('.4.80'), // JPEG-LS lossless
  streamed('.4.81'), // JPEG-LS near-lossless
  streamed('.4.90'), // JPEG 2000 lossless
  streamed('.4.91'), // JPEG 2000
  streamed('.4.201'), // High-Throughput JPEG 2000 lossless
  streamed('.4.202'), // High-Throughput JPEG 2000 lossless, RPCL
  streamed('.4.203'), // High-Throughput JPEG 2000
];

const byUid = new Map(all.map((syntax) => [syntax.uid, syntax]));

/** @returns undefined: none that is read here (video, JPEG XL, private ones) */
export const transferSyntaxOf = (uid: string): TransferSyntax | undefined => byUid.get(uid);
