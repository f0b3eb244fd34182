/**
 * The commands that belong to no capability: open and close documents, read a pixel, list models.
 * What they work with (documents, models) is owned by `pixels` and `runtime`.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { allowedBy, HourglassError, labelOf, type ImageFormat } from '../../contract/index.ts';
import { fileError, layerNotThere } from '../../pixels/index.ts';
import { readHead, sniff } from '../../pixels/sniff.ts';
import { modelInfo, type Capability, type Handler } from '../../runtime/index.ts';
import { say } from '../sentences.ts';
import { readBack } from './read-back.ts';

const open: Handler<'open'> = async (input, { signal, progress }, services) => {
  const { source, files, maxMegapixels, document } = input;
  const opened = await services.documents.open({
    source,
    path: source,
    files,
    maxMegapixels,
    ...allowedBy(input),
    signal,
    page: input.page - 1,
    plane: input.plane,
    told: (done, total) =>
      progress({ done, total, unit: 'steps', message: say('readingSlice', { done, total }) }),
    ...(document === undefined ? {} : { document }),
  });
  return opened.info;
};

const close: Handler<'close'> = async (input, _context, services) => {
  services.documents.close(input.document);
  return {};
};

const lease: Handler<'lease'> = async (input, _context, services) =>
  services.documents.lease(input);

const focus: Handler<'focus'> = async ({ document, view }, _context, services) => {
  services.documents.get(document).view = view;
  return {};
};

/** Stored values of one pixel. @throws HourglassError invalid-parameter outside the image */
const pixel: Handler<'pixel'> = async (input, _context, services) => {
  const document = services.documents.get(input.document);
  const layer = input.layer === 'source' ? undefined : document.layer(input.layer);
  if (input.layer !== 'source' && !layer) throw layerNotThere(input.layer, document.info.name);
  const raster = layer ? layer.raster : (await document.image()).raster;
  const { width, height, channels, data } = raster;
  if (input.x >= width || input.y >= height)
    throw new HourglassError(
      'invalid-parameter',
      say('pixelOutside', { width, height, x: input.x, y: input.y }),
      { details: { name: 'x, y' } },
    );
  const start = (input.y * width + input.x) * channels;
  return { values: Array.from(data.subarray(start, start + channels)) };
};

const models: Handler<'models'> = async (_input, _context, services) => {
  const [cards, problems] = [await services.models.list(), await services.models.problems()];
  return { models: cards.map(modelInfo), problems: problems.map(({ message }) => message) };
};

/** @throws HourglassError unsupported-image: of a format that says nothing of itself; what its describer throws */
const info: Handler<'info'> = async (input, context, services) => {
  const { source } = input;
  const name = basename(source);
  const { describers } = services;
  const facts = await stat(source).catch((error: unknown) => {
    throw fileError(error, name);
  });
  const unsupported = (text: string): HourglassError =>
    new HourglassError('unsupported-image', text, { hint: say('describesThese') });
  const found = facts.isDirectory() ? null : sniff(await readHead(source));
  if (found?.kind === 'other') throw unsupported(say('describesNo', { name, what: found.what }));
  // What is not known is looked at as a latent file, which says what is wrong with it.
  const kind = found === null ? 'folder' : found.kind === 'image' ? found.format : 'hgl';
  const described = describers[kind];
  if (!described)
    throw unsupported(say('describesNo', { name, what: labelOf(kind as ImageFormat) }));
  return described(input, context, services);
};

export const coreCapability = {
  id: 'core',
  handlers: { open, close, lease, focus, pixel, readBack, models, info },
} satisfies Capability;
