/**
 * `peer`: the open document in another format at the size nearest to a given one, as a layer, for judging.
 * The quality is searched for on parts of a large picture, then corrected on the whole; what is shown is a file as
 * `encode` writes it at that quality, so that its size is that of the export and its pixels are those of it.
 */
import { join } from 'node:path';
import {
  extensionOf,
  throwIfCancelled,
  type CommandContext,
  type Commands,
  type OutputOf,
  type ParsedInputOf,
} from '../contract/index.ts';
import type { PeerFormat } from '../contract/latent.ts';
import {
  colourChannels,
  convertSamples,
  createTemporaryFolder,
  decodeImage,
  defaultLimits,
  maxValue,
  recodedBytes,
  removeTemporary,
  searchQuality,
  usedRange,
  type DecodedImage,
  type Raster,
} from '../pixels/index.ts';
import type { Ends } from '../pixels/samples.ts';
import { tellWhole, type EngineServices } from '../runtime/index.ts';
import { peerLayer } from './layers.ts';
import { writeEncoded } from './encode-picture.ts';
import { wholeOf } from './open-picture.ts';
import { mosaicOf } from './parts.ts';
import { psnrOfPictures } from './psnr.ts';
import { withWhite } from './source.ts';
import { say } from './sentences.ts';

type Output = OutputOf<Commands['peer']>;

/** Searched as it is up to this many pixels. */
const WHOLE = 4e6;

/** Corrections on the whole picture, at most. */
const CORRECTIONS = 3;

/** Size of the metadata that a file of any format would carry. */
const metadataBytes = ({ metadata: { icc, exif, xmp, iptc } }: Pick<DecodedImage, 'metadata'>) =>
  [icc, exif, xmp, iptc].reduce((sum, blob) => sum + (blob?.length ?? 0), 0);

export async function peer(
  input: ParsedInputOf<Commands['peer']>,
  context: CommandContext,
  services: EngineServices,
): Promise<Output> {
  const { format } = input;
  const document = services.documents.get(input.document);
  const image = await document.image();
  const white = usedRange(image)?.high ?? null;
  const raster = withWhite(image.raster, white);
  const ends = raster.scale ?? null;
  const more = metadataBytes(image);
  const wanted = Math.max(1, input.bytes - more);
  const { quality } = await nearest(raster, format, wanted, context);
  // Another quality, another layer: a page that shows one never gets tiles of the other.
  const id = `peer-${format}-${quality}`;
  const known = document.layer(id, peerLayer);
  const layer = known?.complete
    ? known
    : await document.makeLayer(id, peerLayer, async (made) => {
        const { bytes, pixels } = await asWritten(image, format, quality, context, services);
        putColours(pixels, made.raster, ends);
        made.touch(wholeOf(raster));
        const psnr = await psnrOfPictures(raster, pixels, context.signal);
        return { format, quality, bytes, psnr };
      });
  tellWhole(document, id, context);
  return { layer: id, ...layer.facts! };
}

/** The file that `encode` writes, and what it decodes to. */
async function asWritten(
  image: DecodedImage,
  format: PeerFormat,
  quality: number,
  context: CommandContext,
  services: EngineServices,
): Promise<{ readonly bytes: number; readonly pixels: Raster }> {
  const folder = await createTemporaryFolder();
  try {
    const path = join(folder, `peer.${extensionOf(format)}`);
    const request = { image, raster: image.raster, cleaned: null, quality, limit: null };
    const output = { path, format, notices: [] };
    const { written } = await writeEncoded(
      { ...request, output, overwrite: false },
      context,
      services,
    );
    // It is as large as what is open already.
    const maxMegapixels = Math.ceil((image.raster.width * image.raster.height) / 1e6);
    const limits = { ...defaultLimits, maxMegapixels };
    const { raster } = await decodeImage({ path, limits, signal: context.signal });
    return { bytes: written.bytes, pixels: raster };
  } finally {
    removeTemporary(folder);
  }
}

interface Tried {
  readonly quality: number;
  readonly bytes: number;
}

/** The quality whose size is nearest to the one wanted. */
async function nearest(
  raster: Raster,
  format: PeerFormat,
  wanted: number,
  { signal, progress }: CommandContext,
): Promise<Tried> {
  let tries = 0;
  const tell = (): void => {
    throwIfCancelled(signal);
    progress({ done: ++tries, total: 0, unit: 'files', message: say('trying', { format }) });
  };
  const area = raster.width * raster.height;
  const sample = area <= WHOLE ? raster : mosaicOf(raster, WHOLE);
  const scale = area / (sample.width * sample.height);
  const sizes = new Map<number, number>();
  const { quality: start } = await searchQuality({
    limit: wanted,
    first: 60,
    bytesAt: async (quality) => {
      tell();
      const bytes = await recodedBytes(sample, { format, quality });
      sizes.set(quality, bytes * scale);
      return bytes * scale;
    },
  });
  const distance = (bytes: number): number => Math.abs(Math.log(bytes / wanted));
  const above = sizes.get(start + 1);
  let quality =
    above !== undefined && distance(above) < distance(sizes.get(start)!) ? start + 1 : start;
  const tried = new Map<number, Tried>();
  for (let round = 0; round < (sample === raster ? 1 : CORRECTIONS); round++) {
    if (tried.has(quality)) break;
    tell();
    const bytes = await recodedBytes(raster, { format, quality });
    tried.set(quality, { quality, bytes });
    // Near enough that a step of quality would overshoot; else one step in the right direction.
    quality += bytes < wanted ? 1 : -1;
    if (quality < 1 || quality > 100) break;
  }
  return [...tried.values()].reduce((best, one) =>
    distance(one.bytes) < distance(best.bytes) ? one : best,
  );
}

/**
 * Writes a decoded file's colours into a layer of the document's own type; its alpha stays.
 * @param ends that the file has as black and white; null: those of the type
 */
function putColours(from: Raster, to: Raster, ends: Ends | null): void {
  const colours = colourChannels(to);
  const samples = convertSamples(from.data, to.sampleType);
  const full = maxValue(from.sampleType);
  if (ends) {
    const step = (ends.white - ends.black) / full;
    const stored = to.sampleType === 'float32' ? (value: number): number => value : Math.round;
    for (let i = 0; i < samples.length; i++) samples[i] = stored(ends.black + from.data[i]! * step);
  }
  for (let at = 0, out = 0; at < samples.length; at += from.channels, out += to.channels)
    for (let c = 0; c < colours; c++) to.data[out + c] = samples[at + c]!;
}
