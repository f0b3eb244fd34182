/** Results written as DICOM, as a command writes them, but with what becomes of the pixels given. */
import { basename, join } from 'node:path';
import type { Retained, TransferSyntaxChoice } from '../../../app/contract/dicom-object.ts';
import {
  createWriter,
  decodeImage,
  OutputPages,
  type FinishedFile,
  type Raster,
} from '../../../app/pixels/index.ts';
import { scansCapability } from '../../../app/scans/index.ts';

export const readers = scansCapability.readers!({} as never);
export const run = '019a0000-1111-7222-8333-444444444444';
const signal = new AbortController().signal;

export interface Written extends FinishedFile {
  readonly path: string;
}

/** @param change of a frame's samples, in place; default: none */
export async function writtenObject(
  source: string,
  folder: string,
  {
    transferSyntax = 'uncompressed',
    deidentify = false,
    retain = [],
    change = () => undefined,
    id = run,
    action = 'denoise-scan-fast 1.0.0, noise level 3.0, CPU',
    name = basename(source),
    cleans = true,
  }: {
    cleans?: boolean;
    transferSyntax?: TransferSyntaxChoice;
    deidentify?: boolean;
    retain?: Retained[];
    change?: (data: Raster['data'], frame: number) => unknown;
    id?: string;
    action?: string;
    name?: string;
  } = {},
): Promise<Written> {
  const path = join(folder, name);
  const first = await decodeImage({ path: source, readers });
  const count = first.pages?.count ?? 1;
  const pages = count > 1 ? new OutputPages(count) : undefined;
  let last: FinishedFile | null = null;
  try {
    for (let page = 0; page < count; page++) {
      const image = page === 0 ? first : await decodeImage({ path: source, page, readers });
      const { width, height, channels, sampleType, data } = image.raster;
      const writer = await createWriter({
        ...{ path, format: 'dicom', sampleType, quality: 90, overwrite: true },
        ...{ width, height, channels, hasAlpha: false, from: image },
        object: { run: id, transferSyntax, deidentify, retain, cleans },
        ...(pages ? { pages } : {}),
        mark: { software: 'Hourglass 0.1.0', action },
      });
      const cleaned = data.slice();
      change(cleaned, page);
      await writer.writeRows(cleaned, height);
      last = await writer.finish(signal);
    }
  } catch (error) {
    await pages?.abort();
    throw error;
  }
  return { ...last!, path };
}

/** Takes a few levels from every second sample, as cleaning does, without leaving the range that is there. */
export function cleaned(data: Raster['data']): void {
  let [low, high] = [Infinity, -Infinity];
  for (const value of data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  for (let at = 0; at < data.length; at += 2)
    data[at] = Math.min(high, Math.max(low, data[at]! + (at % 5) - 2));
}
