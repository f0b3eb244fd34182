/** What the elements of an image say of its pixels (PS3.3, C.7.6.3 and C.11), read once per file. */
import type { DataSet } from 'dicom-parser';
import { HourglassError } from '../../contract/errors.ts';
import type { SentenceId } from '../../contract/sentences/index.ts';
import { say } from '../sentences.ts';
import { orDamaged, tags, type DicomFile } from './file.ts';

export type Photometric =
  | 'MONOCHROME1'
  | 'MONOCHROME2'
  | 'PALETTE COLOR'
  | 'RGB'
  | 'YBR_FULL'
  | 'YBR_FULL_422'
  | 'YBR_RCT'
  | 'YBR_ICT';

const photometrics: readonly string[] = [
  ...(['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR', 'RGB'] satisfies Photometric[]),
  ...(['YBR_FULL', 'YBR_FULL_422', 'YBR_RCT', 'YBR_ICT'] satisfies Photometric[]),
];

export interface PixelFacts {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: 1 | 3;
  readonly photometric: Photometric;
  /** Samples of a plane follow each other, not those of a pixel (Planar Configuration 1). */
  readonly planar: boolean;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
}

/** SOP classes whose values are no picture that may be cleaned, by UID. */
const notImages = {
  '1.2.840.10008.1.3.10': 'dicomdir',
  '1.2.840.10008.5.1.4.1.1.66.4': 'segmentation',
  '1.2.840.10008.5.1.4.1.1.66.7': 'labelMap',
  '1.2.840.10008.5.1.4.1.1.30': 'parametricMap',
  '1.2.840.10008.5.1.4.1.1.481.2': 'dose',
  '1.2.840.10008.5.1.4.1.1.481.3': 'structureSet',
  '1.2.840.10008.5.1.4.1.1.481.5': 'plan',
} as const satisfies Readonly<Record<string, SentenceId<typeof say>>>;

/**
 * @throws HourglassError unsupported-image: no pixels, or none of a kind that is read; damaged-image: what it says of its pixels
 *   can not be
 */
export const pixelFactsOf = (file: DicomFile): PixelFacts =>
  // The parser looks into a value when it is asked for it, and throws where a file ends before it.
  orDamaged(file.name, () => factsOf(file));

function factsOf(file: DicomFile): PixelFacts {
  const { dataSet, name } = file;
  refuseOthers(file);
  const refused = (what: string): HourglassError =>
    new HourglassError('unsupported-image', say('pixelsNotRead', { name, what }));
  const number = (tag: string, otherwise: number): number => dataSet.uint16(tag) ?? otherwise;
  const rows = number('x00280010', 0);
  const columns = number('x00280011', 0);
  const bitsAllocated = number('x00280100', 0);
  const bitsStored = number('x00280101', bitsAllocated);
  const highBit = number('x00280102', bitsStored - 1);
  const samples = number('x00280002', 1);
  const frames = Math.max(1, dataSet.intString('x00280008') ?? 1);
  const photometric = dataSet.string('x00280004') ?? 'MONOCHROME2';
  if (rows === 0 || columns === 0)
    throw new HourglassError('damaged-image', say('noSize', { name }));
  if (bitsAllocated !== 8 && bitsAllocated !== 16)
    throw refused(say('bitsAllocated', { bits: bitsAllocated }));
  const fits = bitsStored >= 1 && highBit >= bitsStored - 1 && highBit < bitsAllocated;
  if (!fits) throw new HourglassError('damaged-image', say('bitsContradict', { name }));
  if (!photometrics.includes(photometric)) throw refused(photometric);
  const colour = photometric !== 'PALETTE COLOR' && !photometric.startsWith('MONOCHROME');
  if (photometric.startsWith('YBR_FULL') && bitsAllocated !== 8)
    throw refused(say('bitsOf', { bits: bitsAllocated, photometric }));
  if (samples !== (colour ? 3 : 1)) throw refused(say('samplesOf', { samples, photometric }));
  return {
    ...{ rows, columns, frames, samples, highBit, bitsStored, bitsAllocated },
    photometric: photometric as Photometric,
    planar: samples === 3 && number('x00280006', 0) === 1,
    signed: number('x00280103', 0) === 1,
  };
}

/** @throws HourglassError unsupported-image */
function refuseOthers({ dataSet, name }: DicomFile): void {
  const uid = dataSet.string(tags.sopClass) ?? dataSet.string(tags.mediaStorageClass) ?? '';
  const refused = (kind: string): HourglassError =>
    new HourglassError('unsupported-image', say('notAnImage', { name, what: kind }), {
      hint: say('openItsImages'),
    });
  if (uid in notImages && notImages[uid as keyof typeof notImages] === 'dicomdir')
    throw new HourglassError(
      'unsupported-image',
      say('notAnImage', { name, what: say('dicomdir') }),
      { hint: say('openDicomdir') },
    );
  if (uid in notImages) throw refused(say(notImages[uid as keyof typeof notImages]));
  if (dataSet.elements[tags.pixelData]) return;
  if (dataSet.elements[tags.floatPixelData] || dataSet.elements[tags.doublePixelData])
    throw new HourglassError(
      'unsupported-image',
      say('pixelsNotRead', { name, what: say('floatPixels') }),
    );
  throw refused(say('objectWithoutPixels'));
}

/** The functional groups of a frame (PS3.3, C.7.6.16): those of its own before those that all share. */
function frameGroups(dataSet: DataSet, frame: number): readonly DataSet[] {
  const own = dataSet.elements['x52009230']?.items?.[frame]?.dataSet;
  const shared = dataSet.elements['x52009229']?.items?.[0]?.dataSet;
  return [own, shared].filter((group) => group !== undefined);
}

/** The item of a macro's sequence for a frame, else the data set itself, where single-frame objects have its elements. */
export function macroOf(dataSet: DataSet, frame: number, sequence: string): DataSet {
  for (const group of frameGroups(dataSet, frame)) {
    const item = group.elements[sequence]?.items?.[0]?.dataSet;
    if (item) return item;
  }
  return dataSet;
}
