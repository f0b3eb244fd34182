/**
 * `rateCurve`: size and PSNR of a document at several qualities. Of a large one some entropy tiles spread
 * evenly are encoded and decoded, each as a picture of its own; sizes are then scaled up, and that is said.
 */
import {
  throwIfCancelled,
  type CommandContext,
  type Commands,
  type OutputOf,
  type ParsedInputOf,
} from '../contract/index.ts';
import type { OpenDocument, Raster } from '../pixels/index.ts';
import type { EngineServices } from '../runtime/index.ts';
import { analyseAll } from './analyse.ts';
import { openCodec, withCoder, type Codec } from './codec.ts';
import type { DocumentPicture, KeptLatents } from './document-latents.ts';
import { latentGrid } from './grid.ts';
import { spreadParts } from './parts.ts';
import { SquaredError } from './psnr.ts';
import { thereAndBack } from './rates.ts';
import { stages } from './stages.ts';
import { emptyFile, withoutBands, type FileFacts } from './write-tiles.ts';
import { say } from './sentences.ts';

const QUALITIES = [10, 25, 40, 50, 60, 70, 80, 90] as const;

/** Encoded as they are up to this many pixels. */
const WHOLE = 1.25e6;

/** Parts of a larger picture. */
const PARTS = 4;

type Output = OutputOf<Commands['rateCurve']>;

/** What was measured before something that was more urgent came: the next curve of the same picture goes on from there. */
interface Measured {
  readonly key: string;
  readonly sizes: number[];
  readonly errors: readonly SquaredError[];
  /** Rounds, part by part and quality by quality. */
  done: number;
}

/** Of each open document the last one; gone with the document. */
const begun = new WeakMap<OpenDocument, Measured>();

function measuredOf(document: OpenDocument, key: string): Measured {
  const known = begun.get(document);
  if (known?.key === key) return known;
  const sizes = QUALITIES.map(() => 0);
  const fresh = { key, sizes, errors: QUALITIES.map(() => new SquaredError()), done: 0 };
  begun.set(document, fresh);
  return fresh;
}

export async function rateCurve(
  input: ParsedInputOf<Commands['rateCurve']>,
  context: CommandContext,
  services: EngineServices,
  kept: KeptLatents,
): Promise<Output> {
  const document = services.documents.get(input.document);
  const codec = await openCodec(services, input.model);
  const { clean: choice, scans, device } = input;
  const request = { document, clean: choice, scans, device, codec };
  const needsCleaning = choice !== 'off' && kept.readiness(request) === 'nothing';
  const [onClean, onCurve] = stages(context.progress, [needsCleaning ? 1 : 0, 1]);
  const picture = await kept.picture(request, { ...context, progress: onClean! }, services);
  const parts = spreadParts(picture.raster, WHOLE, PARTS);
  const pixels = ({ width, height }: Raster): number => width * height;
  const seen = parts.reduce((sum, part) => sum + pixels(part), 0);
  const sampled = seen / pixels(picture.raster);

  const measured = measuredOf(document, JSON.stringify([choice, device, codec.card.sha256]));
  const { sizes, errors } = measured;
  const { signal } = context;
  const rounds = parts.length * QUALITIES.length;
  const partFacts = withoutBands(picture.facts);
  await withCoder(codec, undefined, async (coder) => {
    for (const [index, part] of parts.entries()) {
      if (measured.done >= (index + 1) * QUALITIES.length) continue;
      const grid = latentGrid(part);
      const network = codec.card.parts.analysis;
      const silent = { signal, progress: () => undefined };
      const { store } = await analyseAll(
        { raster: part, grid, network, inference: services.inference, device },
        silent,
      );
      try {
        const facts = fileFacts(
          { ...picture, raster: part, facts: partFacts, padding: null },
          codec,
          services,
        );
        const empty = await emptyFile(facts, signal);
        for (const [at, quality] of QUALITIES.entries()) {
          if (measured.done > index * QUALITIES.length + at) continue;
          const file = { ...facts, quality };
          const { bytes, raster } = await thereAndBack(
            { file, store, grid, coder, device, name: document.info.name },
            silent,
            services,
          );
          throwIfCancelled(signal);
          sizes[at]! += bytes - empty.bytes;
          errors[at]!.add(part, 0, raster.data, part.height);
          measured.done += 1;
          const { done } = measured;
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
    padding,
    cleaned,
  }: Pick<DocumentPicture, 'image' | 'raster' | 'facts' | 'padding' | 'cleaned'>,
  codec: Codec,
  { software }: EngineServices,
): FileFacts => ({
  ...{ image, raster, facts, padding, codec, software },
  ...{ quality: 60, cleanedWith: cleaned },
});
