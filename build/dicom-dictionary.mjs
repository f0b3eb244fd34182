// Writes app/scans/dicom/dictionary-data.ts from the data dictionary of dcmtk (PS3.6, as its dicom.dic has it):
// node build/dicom-dictionary.mjs /usr/share/libdcmtk17/dicom.dic
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

const [path] = process.argv.slice(2);
const lines = [];
for (const line of readFileSync(path, 'utf8').split('\n')) {
  const [, group, element, vr, keyword] =
    /^\(([0-9a-f]{4}(?:-[0-9a-f]{4})?),([0-9a-f]{4})\)\t(\S+)\t(\S+)\t/i.exec(line) ?? [];
  // Command elements are never in a file; those of other systems are private.
  if (!group || group === '0000' || line.endsWith('\tPrivateTag')) continue;
  // Groups that repeat: 50xx and 60xx, the even ones.
  const base = group.slice(0, 4).toLowerCase();
  if (group.length > 4 && base !== '5000' && base !== '6000') continue;
  lines.push(`${base}${element.toLowerCase()}${vr.length === 2 ? vr : 'UN'}${keyword}`);
}
const text = `/**
 * Tag, VR and keyword of every attribute of PS3.6 (2022b), one a line; 5000 and 6000 stand for the groups that repeat. Made by
 * build/dicom-dictionary.mjs from the dictionary of dcmtk 3.6.7. VRs that depend: xs US or SS, ox OB or OW, lt US, SS or OW.
 */
// prettier-ignore
export const dictionaryLines = \`${[...new Set(lines)].sort().join('\n')}\`;
`;
writeFileSync(join(root, 'app/scans/dicom/dictionary-data.ts'), text);
