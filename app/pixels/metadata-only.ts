/** What a file says of itself, without its pixels. Formats that are read by other means than libvips give it with a small picture. */
import { throwIfCancelled } from '../contract/index.ts';
import { defaultLimits, timeFor, type DecodeRequest } from './decode.ts';
import { decoderInput, readHeader, withSource } from './header.ts';
import { identify } from './identify.ts';
import { readBeside } from './metadata/file-beside.ts';
import { gatherMetadata } from './metadata/index.ts';
import { readerOf } from './readers.ts';
import type { ImageMetadata } from './types.ts';
import { decodeError, withinTime } from './vips.ts';

/** Of a file whose pixels are damaged too, where its header is not. @throws HourglassError as `decodeImage`, of the header */
export async function readMetadata(
  request: Pick<DecodeRequest, 'path' | 'limits' | 'signal' | 'readers'>,
): Promise<ImageMetadata> {
  const { path, limits = defaultLimits, signal = new AbortController().signal } = request;
  throwIfCancelled(signal);
  const file = await identify(path);
  const reader = readerOf(file, request.readers ?? {});
  if (reader) return (await reader.preview(file, limits, signal)).metadata;
  const read = async (): Promise<ImageMetadata> => {
    const { decoder, tiff } = await readHeader(file, await decoderInput(file), limits);
    const beside = await withSource(file, (source) => readBeside(source, file.format, null));
    return gatherMetadata({ ...file, decoder, tiff, beside });
  };
  try {
    return await withinTime(read(), {
      ...{ name: file.name, timeoutMs: timeFor(limits, file.bytes), signal },
    });
  } catch (error) {
    throw decodeError(error, file.name);
  }
}
