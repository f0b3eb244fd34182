/** `info` of scans: every tag of a DICOM file, of the first slice of each series in a folder, the header of a NIfTI volume. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import {
  HourglassError,
  throwIfCancelled,
  toHourglassError,
  type Notice,
} from '../contract/index.ts';
import { decimal } from '../contract/sentences/index.ts';
import type { ScanInfo, TagModel } from '../contract/scans.ts';
import { formatByContent } from '../pixels/sniff.ts';
import type { Handler } from '../runtime/index.ts';
import { orDamaged, unpacked, type Unpacked } from './dicom/file.ts';
import { readWhole } from './dicom/read-whole.ts';
import { findingsOf, seriesOf } from './dicom/series.ts';
import { readSlices, type Slice } from './dicom/slice.ts';
import { noticesOf } from './dicom/stack-notices.ts';
import { hexTag, tagModelOf } from './dicom/tags.ts';
import {
  explicitLittle,
  PIXEL_DATA,
  readWhatIsThere,
  type Encoding,
} from './dicom/write/elements.ts';
import { readNiftiFields } from './nifti/fields.ts';
import { say } from './sentences.ts';

type Facts = ScanInfo['facts'];

/** Larger ones are no single image; what lies behind the pixels has to be read too. */
const MOST_BYTES = 2 ** 31 - 1;

/** Files that can not be read and are named, at the most. */
const MOST_NAMED = 10;

const warning = (text: string): Notice => ({ level: 'warning', text });
const note = (text: string): Notice => ({ level: 'info', text });

interface Tags {
  readonly facts: Facts;
  readonly dataSet: TagModel;
  readonly bytes: number;
  readonly notices: readonly Notice[];
  readonly values: Values;
}

/** As they lie in the file, by tag, pixel data left out. */
type Values = ReadonlyMap<number, Buffer>;

interface Elements {
  readonly name: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly unpacked: Unpacked;
  readonly encoding: Encoding;
  readonly read: ReturnType<typeof readWhatIsThere>;
  readonly values: Values;
}

/** @throws HourglassError damaged-image, unsupported-image, image-too-large; what the file system says */
async function elementsOf(path: string): Promise<Elements> {
  const name = basename(path);
  const bytes = await readWhole(path, MOST_BYTES);
  return orDamaged(name, () => {
    const file = unpacked(bytes, name);
    const { whole } = file;
    const encoding = file.syntax ?? explicitLittle;
    const read = readWhatIsThere(whole, name, encoding);
    const values = read.elements
      .filter(({ tag }) => tag !== PIXEL_DATA)
      .map((one) => [one.tag, whole.subarray(one.value, one.end)] as const);
    return {
      ...{ name, bytes: bytes.length, unpacked: file, encoding, read },
      values: new Map(values),
    };
  });
}

/** @throws HourglassError as `elementsOf` */
async function tagsOf(path: string): Promise<Tags> {
  const { name, bytes, unpacked: file, encoding, read, values } = await elementsOf(path);
  const { whole, uid, syntax } = file;
  const notices: Notice[] = [];
  const shown = orDamaged(name, () => ({
    meta: tagModelOf(whole, read.meta, explicitLittle).model,
    top: tagModelOf(whole, read.elements, encoding),
  }));
  const { model, left } = shown.top;
  if (!read.whole) notices.push(warning(say('cutTags', { name })));
  if (!syntax) notices.push(warning(say('otherSyntaxTags', { name })));
  if (left > 0) notices.push(warning(say('moreTags', { count: left })));
  return {
    facts: [{ name: 'TransferSyntaxUID', value: uid }],
    // Inflated, it was given another one.
    dataSet: {
      ...shown.meta,
      '00020010': { ...shown.meta['00020010']!, Value: [uid] },
      ...model,
    },
    ...{ bytes, notices, values },
  };
}

export const describeDicom: Handler<'info'> = async ({ source }) => {
  const { facts, dataSet, bytes, notices } = await tagsOf(source);
  return {
    ...{ source, kind: 'dicom', bytes, facts, dataSet },
    notices: [note(say('saysWho')), ...notices],
  };
};

export const describeNifti: Handler<'info'> = async ({ source }) => {
  const [{ size }, facts] = await Promise.all([stat(source), readNiftiFields(source)]);
  return { source, kind: 'nifti', bytes: size, facts, notices: [note(say('saysWho'))] };
};

/** @throws HourglassError unsupported-image: there are no DICOM files in it */
export const describeFolder: Handler<'info'> = async ({ source }, { signal }) => {
  const paths: string[] = [];
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    throwIfCancelled(signal);
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await formatByContent(path)) === 'dicom') paths.push(path);
  }
  const name = basename(source);
  const unread: unknown[] = [];
  const read = await readSlices(
    paths.sort(),
    (_, error) => {
      unread.push(error);
      return null;
    },
    signal,
  );
  const slices = read.filter((slice): slice is Slice => slice !== null);
  if (paths.length === 0)
    throw new HourglassError('unsupported-image', say('noSeriesThere', { name }));
  const series: NonNullable<ScanInfo['series']> = [];
  const notices: Notice[] = [note(say('saysWho'))];
  let bytes = 0;
  for (const stack of seriesOf(slices)) {
    const described = await describeStack(stack, source, signal);
    bytes += described.bytes;
    series.push(described.series);
    notices.push(...described.notices);
  }
  if (unread.length > 0) {
    const list = unread
      .slice(0, MOST_NAMED)
      .map((error) => toHourglassError(error).message)
      .join(' ');
    const more = Math.max(0, unread.length - MOST_NAMED);
    notices.push(warning(say('notShown', { name, count: unread.length, list, more })));
  }
  return { source, kind: 'series', bytes, facts: [], series, notices };
};

async function describeStack(
  stack: readonly Slice[],
  folder: string,
  signal: AbortSignal,
): Promise<{
  readonly bytes: number;
  readonly series: NonNullable<ScanInfo['series']>[number];
  readonly notices: readonly Notice[];
}> {
  const [first, ...others] = stack;
  const tags = await tagsOf(first!.path);
  const differing = new Set<number>();
  let { bytes } = tags;
  for (const { path } of others) {
    throwIfCancelled(signal);
    // Only the first one is shown.
    const other = await elementsOf(path);
    bytes += other.bytes;
    for (const tag of new Set([...tags.values.keys(), ...other.values.keys()])) {
      const [one, two] = [tags.values.get(tag), other.values.get(tag)];
      if (!one || !two || !one.equals(two)) differing.add(tag);
    }
  }
  const findings = findingsOf(stack);
  const { rows, columns, spacing } = first!;
  const step =
    findings.step === null ? [] : [say('millimetres', { length: decimal(findings.step, 3) })];
  const size = [columns, rows, stack.length].join(' × ');
  const grid = spacing.map((one) => say('millimetres', { length: decimal(one, 3) })).toReversed();
  const files = stack.map(({ path }) => ({ path, name: basename(path) }));
  return {
    bytes,
    series: {
      files: stack.map(({ path }) => relative(folder, path)),
      facts: [
        ...tags.facts,
        { name: 'size', value: size },
        { name: 'spacing', value: [...grid, ...step].join(' × ') },
      ],
      dataSet: tags.dataSet,
      differing: [...differing].sort((one, other) => one - other).map(hexTag),
    },
    notices: [...noticesOf({ files, findings }), ...tags.notices],
  };
}
