/** `readBack`: a file that was written, laid over the open document that it was made of, so that both are looked at. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { HourglassError, toHourglassError, type OutputOf } from '../../contract/index.ts';
import type { Commands } from '../../contract/index.ts';
import { fileError, layerIdOf, layerKind, type DecodedImage } from '../../pixels/index.ts';
import type { EngineServices, Handler } from '../../runtime/index.ts';
import { say } from '../sentences.ts';

type Facts = Omit<OutputOf<Commands['readBack']>, 'layer'>;

const writtenLayer = layerKind<Facts>(() => say('writtenPicture'));

/**
 * @throws HourglassError file-not-found, document-not-open; unsupported-image: it has another shape, or not the page that is open;
 *   as `decodeImage`
 */
export const readBack: Handler<'readBack'> = async (input, { signal }, services) => {
  const { source: path, maxMegapixels } = input;
  const document = services.documents.get(input.document);
  const facts = await stat(path).catch((error: unknown) => {
    throw fileError(error, basename(path));
  });
  // Written again it is another picture.
  const id = layerIdOf('written', [path, facts.size, facts.mtimeMs]);
  const known = document.layer(id, writtenLayer);
  if (known?.complete) return { layer: id, ...known.facts! };
  const page = document.info.pages?.page ?? 1;
  const image = await pageOf({ path, page, maxMegapixels, signal }, services);
  const { raster, bytes, format, notices } = image;
  const { width, height } = raster;
  const found = { format, bytes, width, height, notices: [...notices] };
  await document.layFile(id, writtenLayer, image, found);
  return { layer: id, ...found };
};

/** The page of the file that is that of the document. */
async function pageOf(
  asked: {
    readonly path: string;
    readonly page: number;
    readonly maxMegapixels: number;
    readonly signal: AbortSignal;
  },
  services: EngineServices,
): Promise<DecodedImage> {
  const { page, path } = asked;
  try {
    return await services.documents.sourceImage({ ...asked, document: undefined, page: page - 1 });
  } catch (thrown) {
    const error = toHourglassError(thrown);
    if (page === 1 || error.code !== 'invalid-parameter') throw error;
    throw new HourglassError(
      'unsupported-image',
      say('writtenHasNoPage', { name: basename(path), page }),
      { cause: error },
    );
  }
}
