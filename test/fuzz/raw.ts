/**
 * Camera raw files for the fuzzer: small ones of every kind that can be made here, and what the raw thread does with one, without
 * the thread: a process of which thousands of threads are asked would mostly start threads.
 */
import { HourglassError } from '../../app/contract/index.ts';
import { bytesAsSource } from '../../app/pixels/metadata/tiff-structure.ts';
import { developFile, inWords } from '../../app/raw/develop-file.ts';
import { readDngTags } from '../../app/raw/dng-tags.ts';
import { findEmbedded } from '../../app/raw/embedded.ts';
import { readRawMetadata } from '../../app/raw/exif.ts';
import { readRawLayout } from '../../app/raw/layout.ts';
import { libRawCode, loadLibRaw, type LibRawModule } from '../../app/raw/libraw.ts';
import { cameraSpaceOf } from '../../app/raw/linear-dng.ts';
import { linearOf, makeDng, mosaicOf, scene, type DngRequest } from '../unit/raw/make-dng.ts';
import { losslessJpeg } from '../unit/raw/lossless-jpeg.ts';

const size = { width: 48, height: 32 };

export function rawFiles(): Uint8Array[] {
  const light = scene(size.width, size.height);
  const mosaic = (more: Partial<DngRequest> = {}): Uint8Array =>
    makeDng({ ...size, samples: mosaicOf(light, size, more.black ? { black: more.black } : {}), ...more }); // prettier-ignore
  const linear = linearOf(light);
  return [
    mosaic(),
    mosaic({ black: [500, 512, 520, 540], white: 16383, iso: 800 }),
    mosaic({ activeArea: [1, 1, 31, 47], defaultCrop: [3, 2, 40, 24], orientation: 6 }),
    makeDng({ ...size, samples: linear, pattern: null }),
    mosaic({ preview: { width: 8, height: 8, jpeg: Uint8Array.of(0xff, 0xd8, 0xff, 0xd9) } }),
    mosaic({ pattern: [2, 1, 1, 0], compression: 8 }),
    mosaic({ compression: 7, stored: losslessJpeg(mosaicOf(light, size), { ...size, components: 2 }) }),
    makeDng({ ...size, samples: linear, pattern: null, compression: 7, stored: losslessJpeg(linear, { ...size, components: 3 }) }),
  ]; // prettier-ignore
}

/** Memory of WebAssembly never shrinks, and what trapped may be in any state. */
const reuse = 500;
let used = 0;
let module: LibRawModule | null = null;

const mostMegapixels = 4;

/** As `reader.ts` and `thread.ts` do. @throws HourglassError */
export async function runRaw(input: Uint8Array): Promise<void> {
  const source = bytesAsSource(input);
  const layout = await readRawLayout(source);
  const tags = await readDngTags(source);
  await readRawMetadata(source);
  await findEmbedded(source);
  if (!module || used++ % reuse === 0) module = await loadLibRaw(libRawCode());
  try {
    const call = { name: 'x', quality: 'full', crop: layout?.crop ?? null, black: null } as const;
    const { channels, data, development } = developFile(module, input, call, ({ megapixels }) => {
      if (megapixels > mostMegapixels) throw new HourglassError('image-too-large', 'too large');
    });
    const space = cameraSpaceOf(development, channels, tags);
    space?.toCamera(data.subarray(0, 3 * 64));
    space?.entries(true);
  } catch (error) {
    if (!(error instanceof HourglassError)) module = null;
    throw inWords(error, 'x');
  }
}
