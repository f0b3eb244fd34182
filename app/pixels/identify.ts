/**
 * What a file is, before any decoder sees it: its facts and its format by the first bytes, or the
 * sentence that says why it is no image. Loads no native code, so hosts may ask too.
 */
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { HourglassError, type ImageFormat } from '../contract/index.ts';
import { cameraRawKind } from './camera-raw.ts';
import { fileAsSource } from './metadata/tiff-file.ts';
import { say } from './sentences.ts';
import { readHead, sniff } from './sniff.ts';

/** What is known of a file before its pixels are decoded. */
export interface ImageFile {
  readonly path: string;
  /** File name, for sentences. */
  readonly name: string;
  readonly format: ImageFormat;
  readonly bytes: number;
  readonly accessedMs: number;
  readonly modifiedMs: number;
}

/**
 * Finds out what a file is.
 * @throws HourglassError file-not-found, file-not-readable, not-an-image, damaged-image, unsupported-image
 */
export async function identify(path: string): Promise<ImageFile> {
  const name = basename(path) || path;
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw new HourglassError('not-an-image', say('isFolder', { name }));
    if (!facts.isFile()) throw new HourglassError('file-not-readable', say('notRegular', { name }));
    if (facts.size === 0) throw new HourglassError('damaged-image', say('isEmpty', { name }));
    const found = sniff(await readHead(path));
    if (found.kind === 'other')
      throw new HourglassError('unsupported-image', say('otherKind', { name, what: found.what }), {
        ...(found.hint ? { hint: found.hint } : {}),
      });
    if (found.kind === 'unknown')
      throw new HourglassError('not-an-image', say('unknownKind', { name }));
    return {
      path,
      name,
      format: found.format === 'tiff' ? await kindOfTiff(path, facts.size) : found.format,
      bytes: facts.size,
      accessedMs: facts.atimeMs,
      modifiedMs: facts.mtimeMs,
    };
  } catch (error) {
    throw fileError(error, name);
  }
}

/** Camera raw files in TIFF's clothes are formats of their own. */
async function kindOfTiff(path: string, bytes: number): Promise<ImageFormat> {
  const file = await open(path, 'r');
  try {
    return (await cameraRawKind(fileAsSource(file, bytes))) ?? 'tiff';
  } finally {
    await file.close();
  }
}

/** What a failed file system call on a source means. */
export function fileError(error: unknown, name: string): Error {
  if (error instanceof HourglassError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new HourglassError('file-not-found', say('notThere', { name }), { cause: error });
  return new HourglassError(
    'file-not-readable',
    say('canNotBeRead', { name, reason: code ?? say('unknownReason') }),
    { cause: error },
  );
}
