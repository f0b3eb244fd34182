/** Which elements of a derived object are not those of its source, beside those that the table of changes lists. */
import { readFileSync } from 'node:fs';
import { parseDicom, valueBytes } from '../../../app/scans/dicom/file.ts';
import { changes } from '../../../app/scans/dicom/write/derive.ts';

const listed = new Set(changes.flatMap(({ tags }) => tags));
/** What a changed transfer syntax brings with it, and what lossy JPEG said by it alone. */
const ofSyntax = [0x0028_0004, 0x0028_0006, 0x0028_2110, 0x0028_2112, 0x0028_2114, 0x7fe0_0010];

/** Values of the top level by tag, little endian. */
export function valuesOf(path: string): Map<number, string> {
  const dicom = parseDicom(readFileSync(path), path);
  const found = new Map<number, string>();
  for (const element of Object.values(dicom.dataSet.elements)) {
    const tag = parseInt(element.tag.slice(1), 16);
    const isMeta = tag >>> 16 === 2;
    if (!isMeta && (tag & 0xffff) !== 0)
      found.set(
        tag,
        `${element.items ? 'SQ' : element.vr} ${valueBytes(dicom, element).toString('hex')}`,
      );
  }
  return found;
}

export const changedTags = (before: Map<number, string>, after: Map<number, string>): number[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter(
    (tag) => before.get(tag) !== after.get(tag),
  );

/** @returns tags in hexadecimal, none of them listed */
export const changedBeside = (before: Map<number, string>, after: Map<number, string>): string[] =>
  changedTags(before, after)
    .filter((tag) => !listed.has(tag) && !ofSyntax.includes(tag))
    .map((tag) => tag.toString(16));
