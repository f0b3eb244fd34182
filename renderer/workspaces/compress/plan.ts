/**
 * What an export of the Compress workspace makes of a file: a latent file, a picture out of a latent file, or the
 * format that stands beside it.
 */
import { extensionOf, formatOfName } from '../../../app/contract/formats.ts';
import type { DeviceChoice } from '../../../app/contract/index.ts';
import { peerFormats, type EncodedFormat } from '../../../app/contract/latent.ts';
import type { FileEntry } from '../../state/entry.svelte.ts';
import type { ExportPlan } from '../../state/export-plan.ts';
import {
  nameWith,
  outputInput,
  outTemplate,
  type OutputChoice,
  type PlaceChoice,
} from '../../state/output.ts';
import { compressionOf, type PeerOutput } from './compression.svelte.ts';
import { isLatentEntry } from './latent.ts';
import { compressToText, usualCodec } from './settings.ts';

/** A latent file becomes a picture again, everything else a latent file. */
export const compressPlan =
  (place: OutputChoice, decoded: OutputChoice, device: DeviceChoice) =>
  (entry: FileEntry): ExportPlan =>
    isLatentEntry(entry) ? decodePlan(entry, decoded, device) : encodePlan(entry, place, device);

/** What a photo is saved as: a latent file, unless another format is chosen. */
export const encodedFormat = ({ format }: Pick<OutputChoice, 'format'>): EncodedFormat =>
  peerFormats.find((peer) => peer === format) ?? 'hgl';

/** The name of a photo that is saved as a format: where that is the original's own, it gets another one, as `encode` has it. */
function encodedName(place: PlaceChoice, entry: FileEntry, format: EncodedFormat) {
  const taken = place.name === '{name}.{ext}' && formatOfName(entry.name) === format;
  const template = taken ? '{name}-small.{ext}' : place.name;
  return (index: number, inputs: number): string =>
    nameWith(template, entry.name, extensionOf(format), { index, inputs, ...pageOf(entry) });
}

function encodePlan(entry: FileEntry, place: OutputChoice, device: DeviceChoice): ExportPlan {
  const compression = compressionOf(entry);
  const { result, settings } = compression;
  const { quality, size, clean, scans, model } = settings;
  // The quality that was found for the picture on the screen is what is saved.
  const format = encodedFormat(place);
  const found = size === null || (format === 'hgl' && result.status === 'final' && result.current);
  const target = found ? { quality } : { size: String(size) };
  return {
    place: compression,
    settings: compressToText(settings),
    name: encodedName(place, entry, format),
    command: 'encode',
    input: {
      ...(format !== 'hgl' ? { format } : model === usualCodec ? {} : { model }),
      ...{ ...target, clean, scans, device, ...entry.allowed, out: outTemplate(place) },
      ...pageOf(entry),
    },
  };
}

/** The first page is what is taken anyway. */
const pageOf = ({ page }: FileEntry): { page?: number } => (page > 1 ? { page } : {});

/** The other format that is compared with, as it is on the screen: a file of that quality has its size and its pixels. */
export const peerPlan = (
  entry: FileEntry,
  { format, quality }: Pick<PeerOutput, 'format' | 'quality'>,
  place: PlaceChoice,
): ExportPlan => ({
  place: compressionOf(entry),
  settings: compressToText(compressionOf(entry).settings),
  name: encodedName(place, entry, format),
  command: 'encode',
  input: { format, quality, ...entry.allowed, ...pageOf(entry), out: outTemplate(place) },
});

function decodePlan(entry: FileEntry, output: OutputChoice, device: DeviceChoice): ExportPlan {
  const written = output.format === 'keep' ? 'png' : output.format;
  return {
    place: compressionOf(entry),
    settings: '',
    name: (index, inputs) =>
      nameWith(output.name, entry.name, extensionOf(written), { index, inputs }),
    command: 'decode',
    input: { ...outputInput(output), device, out: outTemplate(output) },
  };
}
