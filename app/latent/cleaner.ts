/** Cleaning before compressing: what is asked of the capability that cleans, whichever that is. */
import type {
  CommandContext,
  Commands,
  DeviceChoice,
  Notice,
  ParsedInputOf,
} from '../contract/index.ts';
import type { DecodedImage, OpenDocument, Raster } from '../pixels/index.ts';
import type { EngineServices } from '../runtime/index.ts';

export type CleanChoice = ParsedInputOf<Commands['encode']>['clean'];

/** What cleans a picture before it is compressed; `app/denoise` in this program. */
export type Cleaner = (
  request: {
    readonly image: Pick<DecodedImage, 'raster'>;
    readonly document: OpenDocument | undefined;
    readonly strength: 'auto' | number;
    readonly device: DeviceChoice;
  },
  context: CommandContext,
  services: EngineServices,
) => Promise<{
  readonly raster: Raster;
  /** null: nothing was cleaned. */
  readonly words: string | null;
  readonly notices: readonly Notice[];
}>;

/** The picture that is compressed, cleaned where that is wanted. @throws HourglassError as the cleaner */
export async function cleanedRaster(
  request: {
    readonly image: Pick<DecodedImage, 'raster'>;
    readonly document: OpenDocument | undefined;
    readonly choice: CleanChoice;
    readonly device: DeviceChoice;
  },
  context: CommandContext,
  services: EngineServices,
  clean: Cleaner,
): Promise<Awaited<ReturnType<Cleaner>>> {
  const { image, document, choice, device } = request;
  if (choice === 'off') return { raster: image.raster, words: null, notices: [] };
  return clean({ image, document, strength: choice, device }, context, services);
}
