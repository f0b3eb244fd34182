/** Whose a scan is and what else it belongs to, as keys that can be compared and say nothing. */
import { createHmac, randomBytes } from 'node:crypto';
import type { DataSet } from 'dicom-parser';
import type { DecodedImage } from '../../pixels/index.ts';

/** Of this process alone: numbers of patients are short enough to be guessed from a plain hash. */
const secret = randomBytes(32);

const keyOf = (...values: readonly (string | undefined)[]): string =>
  createHmac('sha256', secret)
    .update(values.map((value) => value?.trim()).join('\0'))
    .digest('base64');

/** Patient ID with its issuer; study, frame of reference and series by their UIDs (PS3.3, C.7.1.1, C.7.2.1, C.7.4.1, C.7.3.1). */
export function subjectOf(dataSet: DataSet): NonNullable<DecodedImage['subject']> {
  const told = (tag: string): string | undefined => dataSet.string(tag)?.trim() || undefined;
  const patient = told('x00100020');
  const [study, frame, series] = ['x0020000d', 'x00200052', 'x0020000e'].map(told);
  return {
    patient: patient === undefined ? null : keyOf('patient', told('x00100021'), patient),
    studies: [study, frame].filter((uid) => uid !== undefined).map((uid) => keyOf('study', uid)),
    series: series === undefined ? null : keyOf('series', series),
  };
}
