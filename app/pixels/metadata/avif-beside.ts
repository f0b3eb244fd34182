/**
 * What an AVIF holds beside its picture: Content Credentials, a gain map (an item `tmap`, ISO/IEC 23008-12:2022/Amd 1; or an auxiliary picture, as
 * telephones write it), depth and other auxiliary pictures, items of other programs. EXIF and XMP are its decoder's to read.
 */
import { boxes, fromMeta, type Box } from '../formats/bmff.ts';
import { nothingBeside, type Beside } from './beside.ts';
import { say } from './sentences.ts';
import type { ByteSource } from './tiff-structure.ts';

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

export async function readAvifBeside(
  source: ByteSource,
): Promise<Beside & { readonly animation: boolean }> {
  const { isSigned, animation } = await lookAround(source);
  const lost = [...(isSigned ? [say('credentials')] : []), ...(await fromMeta(source, lostIn, []))];
  const beside = lost.length > 0 ? { attachments: [], lost: [...new Set(lost)] } : nothingBeside;
  return { ...beside, animation };
}

/** The picture's colours are multiplied by its opacity: a reference `prem` to that (ISO/IEC 23008-12, 6.10.1.2.2). */
export const isPremultipliedAvif = (source: ByteSource): Promise<boolean> =>
  fromMeta(
    source,
    (meta, children) =>
      children.some(
        ({ type, at, size }) =>
          type === 'iref' && boxes(meta, at + 12, at + size).some((one) => one.type === 'prem'),
      ),
    false,
  );

/** A uuid box of C2PA's own (C2PA 2.1, A.5.1), and the movie of an image sequence (ISO/IEC 23008-12, 7). */
async function lookAround(
  source: ByteSource,
): Promise<{ readonly isSigned: boolean; readonly animation: boolean }> {
  let [isSigned, animation] = [false, false];
  let at = 0;
  for (let count = 0; count < 256 && at + 8 <= source.length; count++) {
    const head = await source.read(at, Math.min(24, source.length - at));
    const size = new DataView(head.buffer, head.byteOffset).getUint32(0);
    const type = latin(head.subarray(4, 8));
    if (type === 'moov') animation = true;
    if (type === 'uuid')
      isSigned ||=
        Buffer.from(head.subarray(8)).toString('hex') === 'd8fec3d61b0e483c92975828877ec481';
    if (size < 8) break;
    at += size;
  }
  return { isSigned, animation };
}

function lostIn(meta: Uint8Array, children: readonly Box[]): string[] {
  const inside = (type: string, header: number): ReturnType<typeof boxes> =>
    children.flatMap((one) => (one.type === type ? boxes(meta, one.at + header, one.at + one.size) : [])); // prettier-ignore
  const version = meta[(children.find(({ type }) => type === 'iinf')?.at ?? 0) + 8];
  const items = inside('iinf', version === 0 ? 14 : 16).map(({ at, size }) =>
    itemName(meta.subarray(at, at + size)),
  );
  const properties = inside('iprp', 8)
    .filter(({ type }) => type === 'ipco')
    .flatMap(({ at, size }) => boxes(meta, at + 8, at + size));
  // Name, description and tags that a person gave (ISO/IEC 23008-12, 6.5.20).
  const described = properties.some(({ type }) => type === 'udes') ? [say('shownDescription')] : [];
  const auxiliary = properties
    .filter(({ type }) => type === 'auxC')
    .map(({ at, size }) => auxiliaryName(latin(meta.subarray(at + 12, at + size))));
  return [...items, ...described, ...auxiliary].filter((what) => what !== null);
}

/** An infe box of version 2 or 3 (ISO/IEC 14496-12, 8.11.6). */
function itemName(infe: Uint8Array): string | null {
  const at = 12 + (infe[8] === 3 ? 4 : 2) + 2;
  const type = latin(infe.subarray(at, at + 4));
  if (type === 'tmap') return say('gainMap');
  if (type !== 'mime' && type !== 'uri ') return null;
  const [, content = ''] = latin(infe.subarray(at + 4, at + 260)).split('\0');
  return content === 'application/rdf+xml' ? null : say('applicationData', { name: content || type.trim() }); // prettier-ignore
}

/** Opacity is read with the picture (ISO/IEC 23000-22, 7.3.5.2.1, and as older files say it). */
function auxiliaryName(type: string): string | null {
  if (/alpha\0|auxid:1\0/.test(type)) return null;
  return /hdrgainmap/i.test(type) ? say('gainMap') : say('furtherPictures', { count: 1 });
}
