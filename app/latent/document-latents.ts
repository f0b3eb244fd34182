/**
 * What the window's commands share about the document that is looked at: the picture to compress (cleaned
 * or not) and its latents before quantisation, so that turning the quality dial costs no analysis. Of one
 * document and one cleaning at a time; the last one stays until another one comes, or its document is closed.
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
import type { BandValues } from './band-rows.ts';
import type { Codec } from './codec.ts';
import { cleanedRaster, type CleanChoice, type Cleaner } from './cleaner.ts';
import { latentGrid, type LatentGrid } from './grid.ts';
import type { LosslessSize } from './lossless.ts';
import type { LatentStore } from './latent-store.ts';
import {
  latentPicture,
  sourceFacts,
  sourceNotices,
  unlikeCodec,
  type SourceFacts,
} from './source.ts';

/** Latents of 10 megapixels stay in memory: there are an open document and its layers beside them. */
const IN_MEMORY = 128e6;

export interface DocumentPicture {
  readonly image: DecodedImage;
  /** What is compressed. */
  readonly raster: Raster;
  readonly facts: SourceFacts;
  /** As of `LatentPicture`. */
  readonly padding: BandValues | null;
  readonly grid: LatentGrid;
  /** Which model cleaned at which level; null: nothing was cleaned. */
  readonly cleaned: string | null;
  /** As of `ScanLoss`. */
  readonly losslessBytes: number | null;
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
  /** How many work with the latents now. */
  users: number;
}

const keyOf = ({ clean, device, codec }: LatentsRequest): string =>
  JSON.stringify([clean, clean === 'off' ? '' : device, codec.card.sha256]);

/** One per capability: what is kept goes when its document does. */
export class KeptLatents {
  readonly #clean: Cleaner;
  readonly #lossless: LosslessSize;
  #kept: Kept | null = null;

  constructor(clean: Cleaner, lossless: LosslessSize) {
    this.#clean = clean;
    this.#lossless = lossless;
  }

  /** What is known already: decides how progress is shared out. */
  readiness(request: LatentsRequest): 'latents' | 'picture' | 'nothing' {
    const kept = this.#of(request);
    if (!kept) return 'nothing';
    return kept.latents ? 'latents' : 'picture';
  }

  /**
   * The picture to compress. @throws HourglassError unsupported-image for a scan that is not allowed; as
   * the cleaner
   */
  async picture(
    request: LatentsRequest,
    context: CommandContext,
    services: EngineServices,
  ): Promise<DocumentPicture> {
    return (await this.#picture(request, context, services)).picture;
  }

  /**
   * Lets `work` have the picture and all of its latents; they stay until it has ended.
   * @throws HourglassError as `picture`, `Inference.run` and `work`
   */
  async use<T>(
    request: LatentsRequest,
    context: CommandContext & { readonly analysisProgress: (progress: Progress) => void },
    services: EngineServices,
    work: (latents: DocumentLatents) => Promise<T>,
  ): Promise<T> {
    const own = await this.#picture(request, context, services);
    own.users += 1;
    try {
      own.latents ??= await analysed(own.picture, request, context, services);
      return await work(own.latents);
    } finally {
      own.users -= 1;
      if (own !== this.#kept && own.users === 0) await own.latents?.store.close();
    }
  }

  /** Lets go of what is kept of a document, once nobody works with it. */
  closed(document: OpenDocument): void {
    // A temporary file that can not be removed now goes with the session.
    if (this.#kept?.document === document) this.#leave().catch(() => undefined);
  }

  #of(request: LatentsRequest): Kept | null {
    const kept = this.#kept;
    return kept?.document === request.document && kept.key === keyOf(request) ? kept : null;
  }

  async #picture(
    request: LatentsRequest,
    context: CommandContext,
    services: EngineServices,
  ): Promise<Kept> {
    const { document, device } = request;
    const image = await document.image();
    const { name } = document.info;
    // Asked each time: what was allowed once is not allowed for ever.
    const facts = sourceFacts(name, image, request.scans);
    const known = this.#of(request);
    if (known) return known;
    await this.#leave();
    const choice = { image, document, choice: request.clean, device };
    const { raster, words, notices } = await cleanedRaster(choice, context, services, this.#clean);
    const own = latentPicture(name, image.raster, raster, facts);
    const picture: DocumentPicture = {
      ...{ image, raster: own.raster, facts: own.facts, padding: own.padding },
      grid: latentGrid(raster),
      cleaned: words,
      losslessBytes: facts.lossyScan ? await this.#lossless(name, raster, context.signal) : null,
      notices: [
        ...notices,
        ...sourceNotices(name, facts),
        ...unlikeCodec(request.codec.card, image, facts),
        ...own.notices,
      ],
    };
    const kept = { document, key: keyOf(request), picture, latents: null, users: 0 };
    // Closed meanwhile: it serves this request, and nobody after it.
    if (document.closed) return kept;
    await this.#leave();
    this.#kept = kept;
    return kept;
  }

  async #leave(): Promise<void> {
    const old = this.#kept;
    this.#kept = null;
    if (old?.users === 0) await old.latents?.store.close();
  }
}

async function analysed(
  picture: DocumentPicture,
  { codec, device }: LatentsRequest,
  context: { readonly signal: AbortSignal; analysisProgress(progress: Progress): void },
  services: EngineServices,
): Promise<DocumentLatents> {
  const { raster, grid } = picture;
  const network = codec.card.parts.analysis;
  const found = await analyseAll(
    { raster, grid, network, inference: services.inference, device },
    { signal: context.signal, progress: context.analysisProgress },
    IN_MEMORY,
  );
  return { ...picture, ...found };
}
