/** Which files of the pack become objects again, and what dcmtk and dicom3tools say of an object. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '../../../app/pixels/index.ts';
import { dataPack } from '../../data.ts';
import { debianTool } from '../../debian.ts';
import { readers } from './written.ts';

const pack = dataPack && join(dataPack, 'dicom-tests');

/** Read, but not written. */
export const palettes = ['OBXXXX1A_rle.dcm', 'TestPattern_Palette_16.dcm'];

/** Names of those that are read and written; none where there is no pack. */
export async function readableOfPack(): Promise<readonly string[]> {
  if (!pack) return [];
  const entries = JSON.parse(readFileSync(join(pack, 'expected.json'), 'utf8')) as {
    file: string;
  }[];
  const readable: string[] = [];
  for (const { file } of entries) {
    const isRead = await decodeImage({ path: join(pack, file), readers }).then(
      () => true,
      () => false,
    );
    if (isRead && !palettes.includes(file)) readable.push(file);
  }
  return readable;
}

export const dciodvfy = pack && debianTool('dciodvfy', 'dicom3tools');
export const dcmdump = pack && debianTool('dcmdump', 'dcmtk');
export const dcmconv = pack && debianTool('dcmconv', 'dcmtk');

/** Of one run of dciodvfy, without the values that differ from object to object. */
export function errorsOf(path: string): readonly string[] {
  const { stderr, stdout } = spawnSync(dciodvfy!, [path], { encoding: 'latin1' });
  return `${stderr}${stdout}`
    .split('\n')
    .filter((line) => line.startsWith('Error'))
    .map((line) => line.replace(/\d+\.\d+[\d.]*|<[^>]*>\s*-/g, '#'));
}

/** dicom3tools read neither deflated files nor High-Throughput JPEG 2000: their twin in a plain syntax is looked at. */
export function plainTwin(path: string, name: string, folder: string): string {
  if (name === 'HTJ2K_08_RGB.dcm' || errorsOf(path).join().includes('read failed')) {
    const twin = join(folder, `twin-${name}`);
    if (spawnSync(dcmconv!, ['+te', path, twin]).status === 0) return twin;
  }
  return path;
}

/**
 * The only errors that a derived object has and its source has not. Enhanced MR that is derived may keep what describes its
 * acquisition (PS3.3, C.8.13.4: "May be present otherwise"), and a source whose own UID is not a legal one is referred to by it.
 */
export const excepted = [
  /Attribute present when condition unsatisfied \(which may not be present otherwise\).*(Module=<MRPulseSequence>|BulkMotion)/,
  /\(0x0008,0x1155\) (UI )?Referenced SOP Instance UID/,
];
