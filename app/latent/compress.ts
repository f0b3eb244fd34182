/**
 * `compress`: what the window shows of a latent file that is not there yet. The document is encoded in
 * memory and decoded from these very bytes into a layer, so that size and pixels are those of the export.
 */
import type { CommandContext, Commands, OutputOf, ParsedInputOf } from '../contract/index.ts';
import type { OpenDocument } from '../pixels/index.ts';
import { layerSink, tellWhole, type EngineServices } from '../runtime/index.ts';
import { openCodec, withCoder, type Codec } from './codec.ts';
import { openLatentFile } from './container/index.ts';
import type { DocumentLatents, KeptLatents } from './document-latents.ts';
import { searchSize } from './encode.ts';
import { compressedLayer, compressedLayerId, shownFile, type CompressedFacts } from './layers.ts';
import { scanLossOf } from './lossless.ts';
import { decodePicture, wholeOf } from './open-picture.ts';
import { nearnessOfRasters } from './psnr.ts';
import { sourceFacts } from './source.ts';
import { stages } from './stages.ts';
import { emptyFile, fromStore, writeLatents } from './write-tiles.ts';

type Input = ParsedInputOf<Commands['compress']>;
type Output = OutputOf<Commands['compress']>;

export async function compress(
  input: Input,
  context: CommandContext,
  services: EngineServices,
  kept: KeptLatents,
): Promise<Output> {
  const started = performance.now();
  const document = services.documents.get(input.document);
  if (input.view) document.view = input.view;
  const codec = await openCodec(services, input.model);
  // Asked each time: a scan that may not be compressed any more is not shown compressed either.
  sourceFacts(document.info.name, await document.image(), input.scans);
  const { size } = input;
  const [onFit, onMade] = stages(context.progress, [size === undefined ? 0 : 3, 2]);
  const fitting = { ...context, progress: onFit! };
  const wanted =
    size === undefined
      ? input
      : { ...input, quality: await fitted(input, size, document, codec, fitting, services, kept) };
  const known = shownFile(document, wanted, codec);
  if (known) tellWhole(document, known.found.layer, context);
  const making = { ...context, progress: onMade! };
  const { found } = known ?? (await produce(wanted, document, codec, making, services, kept));
  return { ...found, seconds: (performance.now() - started) / 1000 };
}

/** The best quality whose file is no larger than `size` bytes, found as `encode` finds it; else the lowest. */
async function fitted(
  { clean, device, scans, quality }: Input,
  size: number,
  document: OpenDocument,
  codec: Codec,
  context: CommandContext,
  services: EngineServices,
  kept: KeptLatents,
): Promise<number> {
  const request = { document, clean, scans, device, codec };
  const cleans = clean !== 'off' && kept.readiness(request) === 'nothing';
  const [onClean, onAnalysis] = stages(context.progress, [cleans ? 2 : 0, 1]);
  const preparing = { ...context, progress: onClean!, analysisProgress: onAnalysis! };
  return kept.use(request, preparing, services, async (latents) => {
    const { image, raster, facts, padding, cleaned: cleanedWith, store, grid } = latents;
    const { software } = services;
    const file = { image, raster, facts, padding, codec, quality, cleanedWith, software };
    return withCoder(codec, undefined, async (coder) => {
      const found = await searchSize({ file, coder }, store, grid, size, context);
      return found.quality;
    });
  });
}

async function produce(
  input: Input,
  document: OpenDocument,
  codec: Codec,
  context: CommandContext,
  services: EngineServices,
  kept: KeptLatents,
): Promise<CompressedFacts> {
  const { quality, device, scans } = input;
  const { signal } = context;
  const id = compressedLayerId(input, codec);
  const request = { document, clean: input.clean, scans, device, codec };
  const ready = kept.readiness(request);
  const [onClean, onAnalysis, onCoding, onDecoding] = stages(context.progress, [
    ready === 'nothing' && input.clean !== 'off' ? 2 : 0,
    ready === 'latents' ? 0 : 1,
    0.4,
    1.5,
  ]);
  const preparing = { ...context, progress: onClean!, analysisProgress: onAnalysis! };
  return kept.use(request, preparing, services, async (latents) => {
    const { image, raster, facts, padding, cleaned, store, grid } = latents;
    const file = {
      ...{ image, raster, facts, padding, codec, quality },
      cleanedWith: cleaned,
      software: services.software,
    };
    return withCoder(codec, undefined, async (coder) => {
      const written = await writeLatents(
        file,
        null,
        coder,
        (taker) => fromStore(store, grid, taker, onCoding!),
        signal,
      );
      const { metadataBytes } = await emptyFile(file, signal);
      const data = written.data!;
      const { name } = document.info;
      const opened = await openLatentFile(data, { limits: { maxMegapixels: Infinity }, name });
      const made = await document.makeLayer(id, compressedLayer, async (layer) => {
        const decoded = await decodePicture(
          {
            ...{ file: opened, name, coder, device },
            region: wholeOf(raster),
            sink: layerSink(document.id, layer, () => document.view, context),
          },
          codec,
          { signal, progress: onDecoding! },
          services,
        );
        const { psnr, largestError } = await nearnessOfRasters(latents, layer.raster, signal);
        const found = {
          layer: id,
          bytes: written.bytes,
          metadataBytes,
          bitsPerPixel: (8 * written.bytes) / (raster.width * raster.height),
          psnr,
          scanLoss: scanLossOf(facts, largestError, latents.losslessBytes),
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
        return { found, file: { data, hash: written.hash, device: latents.device } };
      });
      return made.facts!;
    });
  });
}

/** The device to name: the one that was fallen back to, where one of the two runs had to. */
const slower = ({ device }: DocumentLatents, other: Output['device']): Output['device'] =>
  device.fallback ? device : other;
