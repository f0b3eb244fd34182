/**
 * `compress`: what the window shows of a latent file that is not there yet. The document is encoded in
 * memory and decoded from these very bytes into a layer, so that size and pixels are those of the export.
 */
import { createHash } from 'node:crypto';
import type { CommandContext, Commands, OutputOf, ParsedInputOf } from '../contract/index.ts';
import type { Layer, OpenDocument } from '../pixels/index.ts';
import { layerSink, tellWhole, type EngineServices } from '../runtime/index.ts';
import { openCodec, withCoder, type Codec } from './codec.ts';
import { openLatentFile } from './container/index.ts';
import { documentLatents, readiness, type DocumentLatents } from './document-latents.ts';
import type { Cleaner } from './encode.ts';
import { decodePicture, wholeOf } from './open-picture.ts';
import { psnrOfRasters } from './psnr.ts';
import { stages } from './stages.ts';
import { emptyFileBytes, fromStore, writeLatents } from './write-tiles.ts';

type Input = ParsedInputOf<Commands['compress']>;
type Output = OutputOf<Commands['compress']>;

/** Layers whose every pixel is final, with what was found. */
const finished = new WeakMap<Layer, Omit<Output, 'seconds'>>();

const layerId = ({ quality, clean, device }: Input, { card }: Codec): string => {
  const key = JSON.stringify([card.id, card.sha256, quality, clean, device]);
  return `latent-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
};

export async function compress(
  input: Input,
  context: CommandContext,
  services: EngineServices,
  clean: Cleaner,
): Promise<Output> {
  const started = performance.now();
  const document = services.documents.get(input.document);
  if (input.view) document.view = input.view;
  const codec = await openCodec(services, 'auto');
  const id = layerId(input, codec);
  const present = document.layer(id);
  const known = present && finished.get(present);
  if (known) tellWhole(document, id, context.emit);
  const found = known ?? (await produce(input, document, codec, id, context, services, clean));
  return { ...found, seconds: (performance.now() - started) / 1000 };
}

async function produce(
  input: Input,
  document: OpenDocument,
  codec: Codec,
  id: string,
  context: CommandContext,
  services: EngineServices,
  clean: Cleaner,
): Promise<Omit<Output, 'seconds'>> {
  const { quality, device, scans } = input;
  const request = { document, clean: input.clean, scans, device, codec };
  const ready = readiness(request);
  const [onClean, onAnalysis, onCoding, onDecoding] = stages(context.progress, [
    ready === 'nothing' && input.clean !== 'off' ? 2 : 0,
    ready === 'latents' ? 0 : 1,
    0.4,
    1.5,
  ]);
  const latents = await documentLatents(
    request,
    { ...context, progress: onClean!, analysisProgress: onAnalysis! },
    services,
    clean,
  );
  const { image, raster, facts, cleaned, store, grid } = latents;
  const file = {
    ...{ image, raster, facts, codec, quality },
    cleanedWith: cleaned,
    software: services.software,
  };
  return withCoder(codec, undefined, async (coder) => {
    const { signal } = context;
    const written = await writeLatents(
      file,
      null,
      coder,
      (taker) => fromStore(store, grid, taker, onCoding!),
      signal,
    );
    const { metadataBytes } = await emptyFileBytes(file, signal);
    const opened = await openLatentFile(written.data!, {
      limits: { maxMegapixels: Infinity },
      name: document.info.name,
    });
    const layer = document.layer(id) ?? (await document.createLayer(id));
    const decoded = await decodePicture(
      {
        file: opened,
        name: document.info.name,
        coder,
        device,
        region: wholeOf(raster),
        sink: layerSink(document.id, layer, () => document.view, context.emit),
      },
      codec,
      { signal, progress: onDecoding! },
      services,
    );
    const found = {
      layer: id,
      bytes: written.bytes,
      metadataBytes,
      bitsPerPixel: (8 * written.bytes) / (raster.width * raster.height),
      psnr: await psnrOfRasters(raster, layer.raster, signal),
      sourceBytes: image.bytes,
      smallerThanSource: written.bytes < image.bytes,
      quality,
      cleaned,
      // Of what the file holds. The picture beside it may be decoded in 8 bits, which is within one step of it.
      model: { id: codec.card.id, version: codec.card.version, precision: 'fp32' as const },
      device: slower(latents, decoded.device),
      // That it is larger than the source is said by `smallerThanSource`, with what can be done about it.
      notices: [...latents.notices],
    };
    finished.set(layer, found);
    return found;
  });
}

/** The device to name: the one that was fallen back to, where one of the two runs had to. */
const slower = ({ device }: DocumentLatents, other: Output['device']): Output['device'] =>
  device.fallback ? device : other;
