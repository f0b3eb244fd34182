/**
 * What a file holds beside its picture: what can go on in a file of the same format, and what no result can keep.
 * Finding it is `jpeg-beside.ts`, `png-beside.ts` and `tiff-file.ts`; putting it in again, `formats/containers.ts`.
 */
import { labelOf, type ImageFormat, type Notice } from '../../contract/index.ts';
import type { ImageMetadata } from '../types.ts';
import { masteringIn } from './png-colour.ts';
import { say } from './sentences.ts';

/** Bytes that go unchanged into a result of the same format. */
export interface Attachment {
  readonly format: 'jpeg' | 'png';
  /** head: whole segments or chunks before the pixels; tail: behind everything else. */
  readonly place: 'head' | 'tail';
  readonly bytes: Uint8Array;
  /** Its name in sentences, made when it is said. */
  readonly what: () => string;
  /** What XMP calls it, where it does: "MotionPhoto". */
  readonly semantic?: string;
}

export interface Beside {
  readonly attachments: readonly Attachment[];
  /** Names of what no result keeps. */
  readonly lost: readonly string[];
  /** Names of what few would miss: how a viewer may show it, how it was made. */
  readonly slight?: readonly string[];
}

export const nothingBeside: Beside = { attachments: [], lost: [] };

/** No metadata is kept that is larger than this. */
export const mostAttached = 256 * 1024 * 1024;

/** What is said where a file was read. */
export const lostNotices = (name: string, lost: readonly string[]): Notice[] =>
  [...new Set(lost)].map((what) => ({ level: 'warning', text: say('notKept', { name, what }) }));

/** The same of what few would miss. */
export const slightNotices = (name: string, lost: readonly string[]): Notice[] =>
  [...new Set(lost)].map((what) => ({ level: 'info', text: say('slightlyLost', { name, what }) }));

/** What is said where it is written: the format, or a latent file, can not hold it. */
export function unheldNotices(format: ImageFormat, metadata: ImageMetadata): Notice[] {
  const unheld = (metadata.attachments ?? []).filter((one) => one.format !== format);
  const names = new Set(unheld.map(({ what }) => what()));
  if (format !== 'jpeg' && format !== 'tiff' && metadata.photoshop)
    for (const name of metadata.photoshop.names()) names.add(name);
  const light = masteringIn(metadata.pngColour?.chunks ?? null).length > 0;
  if (light && !['png', 'avif', 'hgl'].includes(format)) names.add(say('lightLevels'));
  const text = (what: string): string => say('noPlace', { format: labelOf(format), what });
  const slight = format !== 'jpeg' && format !== 'tiff' && metadata.photoshop?.hasSettings();
  return [
    ...[...names].map((what): Notice => ({ level: 'warning', text: text(what) })),
    ...(slight ? [{ level: 'info', text: text(say('photoshopSettings')) } as const] : []),
  ];
}
