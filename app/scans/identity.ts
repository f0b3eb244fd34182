/** Whose scan a document is. It goes to the screen that asks, and nowhere else: into no journal, no log, no facts of the document. */
import { convertBytes } from 'dicom-character-set';
import type { Handler } from '../runtime/index.ts';
import { valueBytes, type DicomFile } from './dicom/file.ts';
import { readHeader } from './dicom/header.ts';

const nobody = { patient: null, patientId: null, study: null, studyDate: null, series: null };

export const identity: Handler<'identity'> = async (input, _context, { documents }) => {
  const document = documents.get(input.document);
  if (document.info.format !== 'dicom') return nobody;
  const { path } = await document.image();
  const file = readHeader(path);
  const date = textOf(file, 'x00080020', 'DA');
  return {
    patient: nameOf(textOf(file, 'x00100010', 'PN')),
    patientId: textOf(file, 'x00100020', 'LO'),
    study: textOf(file, 'x00081030', 'LO'),
    studyDate: date && /^\d{8}$/.test(date) ? date.replace(/(....)(..)(..)/, '$1-$2-$3') : date,
    series: textOf(file, 'x0008103e', 'LO'),
  };
};

/** In the character sets that the file names (PS3.3, C.12.1.1.2); null: empty or not there. */
function textOf(file: DicomFile, tag: string, vr: string): string | null {
  const bytes = valueBytes(file, file.dataSet.elements[tag]);
  const sets = file.dataSet.string('x00080005');
  const text = convertBytes(sets, bytes, { vr }).replace(/\0/g, '').trim();
  return text === '' ? null : text;
}

/** Parts of a name are divided by ^; of its alphabetic, ideographic and phonetic forms the first that is there is shown (PS3.5, 6.2.1). */
function nameOf(name: string | null): string | null {
  const form = name?.split('=').find((one) => one.replaceAll('^', '').trim() !== '');
  if (form === undefined) return null;
  const [family = '', given = '', ...others] = form.split('^').map((part) => part.trim());
  return [family, [given, ...others].filter(Boolean).join(' ')].filter(Boolean).join(', ');
}
