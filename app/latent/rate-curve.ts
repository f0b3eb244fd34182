/**
 * `rateCurve`: size and PSNR of a document at several qualities. Of a large one some entropy tiles spread
 * evenly are encoded and decoded, each as a picture of its own; sizes are then scaled up, and that is said.
 */
import type { CommandContext, Commands, OutputOf, ParsedInputOf } from '../contract/index.ts';
import type { Raster } from '../pixels/index.ts';
import type { EngineServices } from '../runtime/index.ts';
import { analyseAll } from './analyse.ts';
import { openCodec, withCoder, type Codec } from './codec.ts';
import { openLatentFile } from './container/index.ts';
import type { DocumentPicture, KeptLatents } from './document-latents.ts';
import { latentGrid } from './grid.ts';
import { decodeRaster } from './open-picture.ts';
import { spreadParts } from './parts.ts';
import { SquaredError } from './psnr.ts';
import { stages } from './stages.ts';
import { emptyFile, fromStore, writeLatents, type FileFacts } from './write-tiles.ts';
import { say } from './sentences.ts';

const QUALITIES = [10, 25, 40, 50, 60, 70, 80, 90] as const;

/** Encoded as they are up to this many pixels. */
const WHOLE = 1.25e6;

/** Parts of a larger picture. */
const PARTS = 4;

type Output = OutputOf<Commands['rateCurve']>;

export async function rateCurve(
  input: ParsedInputOf<Commands['rateCurve']>,
  context: CommandContext,
  services: EngineServices,
  kept: KeptLatents,
): Promise<Output> {
  const document = services.documents.get(input.document);
  const codec = await openCodec(services, 'auto');
  const { clean: choice, scans, device } = input;
  const request = { document, clean: choice, scans, device, codec };
  const needsCleaning = choice !== 'off' && kept.readiness(request) === 'nothing';
  const [onClean, onCurve] = stages(context.progress, [needsCleaning ? 1 : 0, 1]);
  const picture = await kept.picture(request, { ...context, progress: onClean! }, services);
  const parts = spreadParts(picture.raster, WHOLE, PARTS);
  const pixels = ({ width, height }: Raster): number => width * height;
  const seen = parts.reduce((sum, part) => sum + pixels(part), 0);
  const sampled = seen / pixels(picture.raster);

  const sizes = QUALITIES.map(() => 0);
  const errors = QUALITIES.map(() => new SquaredError());
  const { signal } = context;
  const rounds = parts.length * QUALITIES.length;
  let done = 0;
  const partFacts = { ...picture.facts, hasAlpha: false };
  await withCoder(codec, undefined, async (coder) => {
    for (const part of parts) {
      const grid = latentGrid(part);
      const network = codec.card.parts.analysis;
      const silent = { signal, progress: () => undefined };
      const { store } = await analyseAll(
        { raster: part, grid, network, inference: services.inference, device },
        silent,
      );
      try {
        const facts = fileFacts({ ...picture, raster: part, facts: partFacts }, codec, services);
        const empty = await emptyFile(facts, signal);
        for (const [at, quality] of QUALITIES.entries()) {
          const written = await writeLatents(
            { ...facts, quality },
            null,
            coder,
            (taker) => fromStore(store, grid, taker, () => undefined),
            signal,
          );
          sizes[at]! += written.bytes - empty.bytes;
          const opened = await openLatentFile(written.data!);
          const { raster } = await decodeRaster(
            { file: opened, name: document.info.name, coder, device },
            codec,
            silent,
            services,
          );
          errors[at]!.add(part, 0, raster.data, part.height);
          done += 1;
          const message = say('quality', { quality });
          onCurve!({ done, total: rounds, unit: 'tiles', message });
        }
      } finally {
        await store.close();
      }
    }
  });
  const frame = (await emptyFile(fileFacts(picture, codec, services), signal)).bytes;
  return {
    points: QUALITIES.map((quality, at) => ({
      quality,
      bytes: Math.round(frame + sizes[at]! / sampled),
      psnr: errors[at]!.psnr,
    })),
    sampled,
    notices:
      sampled === 1
        ? [...picture.notices]
        : [
            ...picture.notices,
            {
              level: 'info',
              text: say('measuredOnPartsPictureSizes', {
                length: parts.length,
                sampled: (100 * sampled).toFixed(sampled < 0.1 ? 1 : 0),
              }),
            },
          ],
  };
}

/** Without its tiles a file is as long at any quality. */
const fileFacts = (
  {
    image,
    raster,
    facts,
    cleaned,
  }: Pick<DocumentPicture, 'image' | 'raster' | 'facts' | 'cleaned'>,
  codec: Codec,
  { software }: EngineServices,
): FileFacts => ({ image, raster, facts, codec, quality: 60, cleanedWith: cleaned, software });
