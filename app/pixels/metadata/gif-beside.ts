/**
 * What a GIF holds beside its frames: comments, and in application extensions XMP (XMP specification part 3, 1.1.2) and a colour profile
 * (ICCRGBG1012, ICC "Embedding in GIF"). Its decoder reads none of them.
 */
import type { Beside } from './beside.ts';
import { gifBlocks, gifChain } from './gif-blocks.ts';
import { say } from './sentences.ts';
import type { ByteSource } from './tiff-structure.ts';

export interface GifBeside extends Beside {
  readonly hidden: { readonly xmp: Uint8Array | null; readonly icc: Uint8Array | null };
}

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** XMP lies there as it is, and its letters are taken for the lengths of sub-blocks: 258 bytes behind it lead all of them to an end. */
const trailerBytes = 258;
const most = 16 * 1024 * 1024;

/** Frames of an animation and how they are shown. */
const known = /^(NETSCAPE2\.0|ANIMEXTS1\.0)$/;

export async function readGifBeside(source: ByteSource): Promise<GifBeside> {
  const lost = new Set<string>();
  let xmp: Uint8Array | null = null;
  let icc: Uint8Array | null = null;
  let xmpAt = -1;
  for await (const { kind, label, at } of gifBlocks(source)) {
    if (xmpAt >= 0) xmp = await packetBefore(source, xmpAt, at);
    xmpAt = -1;
    if (kind !== 'extension') continue;
    if (label === 0xfe) lost.add(say('comment'));
    if (label === 0x01) lost.add(say('text', { keyword: 'GIF' }));
    if (label !== 0xff) continue;
    const head = await source.read(at, 12);
    const name = latin(head.subarray(1, 12));
    const inside = at + 1 + (head[0] ?? 0);
    if (name === 'XMP DataXMP' && !xmp) xmpAt = inside;
    else if (name === 'ICCRGBG1012' && !icc) icc = await gifChain(source, inside, most);
    else if (!known.test(name))
      lost.add(say('applicationData', { name: name.replace(/[^ -~]/g, '?').trim() }));
  }
  return { attachments: [], lost: [...lost], hidden: { xmp, icc } };
}

/** @param next where the following block's chain begins, somewhat behind the end of the packet's trailer */
async function packetBefore(
  source: ByteSource,
  from: number,
  next: number,
): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(await source.read(from, Math.min(next - from, most)));
  const end = latin(bytes).lastIndexOf('\x01\xff\xfe\xfd');
  return end > 0 && bytes.length - end >= trailerBytes - 4 ? bytes.subarray(0, end) : null;
}
