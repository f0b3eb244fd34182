/**
 * What the window's commands share about the document that is looked at: the picture to compress (cleaned
 * or not) and its latents before quantisation, so that turning the quality dial costs no analysis. Of one
 * document and one cleaning at a time; the last one stays until another one comes.
 */
import type {
  CommandContext,
  DeviceChoice,
  DeviceUsed,
  Notice,
  Progress,
} from '../contract/index.ts';
import type { DecodedImage, OpenDocument, Raster } from '../pixels/index.ts';
import type { EngineServices } from '../runtime/index.ts';
import { analyseAll } from './analyse.ts';
import type { Codec } from './codec.ts';
import { cleanedRaster, type CleanChoice, type Cleaner } from './encode.ts';
import { latentGrid, type LatentGrid } from './grid.ts';
import type { LatentStore } from './latent-store.ts';
import { sourceFacts, sourceNotices, withinUnit, type SourceFacts } from './source.ts';

/** Latents of 10 megapixels stay in memory: there are an open document and its layers beside them. */
const IN_MEMORY = 128e6;

export interface DocumentPicture {
  readonly image: DecodedImage;
  /** What is compressed. */
  readonly raster: Raster;
  readonly facts: SourceFacts;
  readonly grid: LatentGrid;
  /** Which model cleaned at which level; null: nothing was cleaned. */
  readonly cleaned: string | null;
  readonly notices: readonly Notice[];
}

export interface DocumentLatents extends DocumentPicture {
  readonly store: LatentStore;
  readonly device: DeviceUsed;
}

export interface LatentsRequest {
  readonly document: OpenDocument;
  readonly clean: CleanChoice;
  readonly scans: boolean;
  readonly device: DeviceChoice;
  readonly codec: Codec;
}

interface Kept {
  readonly document: OpenDocument;
  readonly key: string;
  readonly picture: DocumentPicture;
  latents: DocumentLatents | null;
}

let kept: Kept | null = null;

const keyOf = ({ clean, device, codec }: LatentsRequest): string =>
  JSON.stringify([clean, clean === 'off' ? '' : device, codec.card.sha256]);

/** What is known already: decides how progress is shared out. */
export function readiness(request: LatentsRequest): 'latents' | 'picture' | 'nothing' {
  if (!kept || kept.document !== request.document || kept.key !== keyOf(request)) return 'nothing';
  return kept.latents ? 'latents' : 'picture';
}

/**
 * The picture to compress. @throws HourglassError unsupported-image for a scan that is not allowed; as
 * the cleaner
 */
export async function documentPicture(
  request: LatentsRequest,
  context: CommandContext,
  services: EngineServices,
  clean: Cleaner,
): Promise<DocumentPicture> {
  const { document, device } = request;
  const image = await document.image();
  const name = document.info.name;
  // Asked each time: what was allowed once is not allowed for ever.
  const facts = sourceFacts(name, image.raster, request.scans);
  const key = keyOf(request);
  if (kept && kept.document === document && kept.key === key) return kept.picture;
  await forget();
  const choice = { image, document, choice: request.clean, device };
  const { raster, words, notices } = await cleanedRaster(choice, context, services, clean);
  const picture: DocumentPicture = {
    image,
    raster: withinUnit(raster),
    facts,
    grid: latentGrid(raster),
    cleaned: words,
    notices: [...notices, ...sourceNotices(name, facts)],
  };
  kept = { document, key, picture, latents: null };
  return picture;
}

/** The picture and all of its latents. @throws HourglassError as `documentPicture` and `Inference.run` */
export async function documentLatents(
  request: LatentsRequest,
  context: CommandContext & { readonly analysisProgress: (progress: Progress) => void },
  services: EngineServices,
  clean: Cleaner,
): Promise<DocumentLatents> {
  const picture = await documentPicture(request, context, services, clean);
  const own = kept!;
  if (own.latents) return own.latents;
  const { raster, grid } = picture;
  const network = request.codec.card.parts.analysis;
  const found = await analyseAll(
    { raster, grid, network, inference: services.inference, device: request.device },
    { signal: context.signal, progress: context.analysisProgress },
    IN_MEMORY,
  );
  own.latents = { ...picture, ...found };
  return own.latents;
}

/** Lets go of the last document. */
export async function forget(): Promise<void> {
  const old = kept;
  kept = null;
  await old?.latents?.store.close();
}
