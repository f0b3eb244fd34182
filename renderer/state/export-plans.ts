/**
 * What an export makes of a file: a cleaned picture, a latent file, or a picture out of a latent file.
 * The queue that runs them is exports.svelte.ts.
 */
import { formatOfName } from '../../app/contract/formats.ts';
import type { DeviceChoice, HostBridge, Notice } from '../../app/contract/index.ts';
import { isLatent } from './compress-desk.svelte.ts';
import { compressToText } from './compress-settings.ts';
import type { ExportState, FileEntry } from './entry.svelte.ts';
import { decodedName, latentName, outTemplate, resultName } from './output.ts';
import type { OutputChoice, PlaceChoice } from './output.ts';
import { denoiseInput, settingsToText } from './settings.ts';

export interface Written {
  readonly output: string;
  readonly outputName?: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly notices: readonly Notice[];
}

export interface ExportPlan {
  /** Where the state of this export is kept. */
  readonly place: { exported: ExportState };
  /** What the pixels depend on, as text: equal texts, equal files. */
  readonly settings: () => string;
  /** The file's name, where the host does not say it. */
  readonly name: (index: number) => string;
  readonly run: (
    bridge: Pick<HostBridge, 'run'>,
    file: { readonly source: string; readonly index: number; readonly overwrite: boolean },
    options: { readonly job: string; readonly signal: AbortSignal },
  ) => Promise<Written>;
}

/** What the automatic choice has come to on the screen is what is written, and named by {model}. */
const modelOf = (entry: FileEntry): string => entry.model ?? entry.settings.model;

export const cleanPlan =
  (output: OutputChoice, device: DeviceChoice) =>
  (entry: FileEntry): ExportPlan => ({
    place: entry,
    settings: () => settingsToText(entry.settings),
    name: (index) => resultName(output, entry, modelOf(entry), index),
    run: (bridge, file, options) =>
      bridge.run(
        'denoise',
        {
          ...file,
          ...denoiseInput({ ...entry.settings, model: modelOf(entry) }, device),
          out: outTemplate(output),
          format: output.format,
          depth: output.depth,
          quality: output.quality,
        },
        options,
      ),
  });

/** By what it is, or by its name before it was opened. */
export const isLatentEntry = ({ info, name }: FileEntry): boolean =>
  info ? isLatent(info) : formatOfName(name) === 'hgl';

/** A latent file becomes a picture again, everything else a latent file. */
export const compressPlan =
  (place: PlaceChoice, decoded: OutputChoice, device: DeviceChoice) =>
  (entry: FileEntry): ExportPlan =>
    isLatentEntry(entry) ? decodePlan(entry, decoded, device) : encodePlan(entry, place, device);

function encodePlan(entry: FileEntry, place: PlaceChoice, device: DeviceChoice): ExportPlan {
  const { compression } = entry;
  return {
    place: compression,
    settings: () => compressToText(compression.settings),
    name: (index) => latentName(place, entry.name, index),
    run(bridge, file, options) {
      const { quality, size, clean, scans } = compression.settings;
      const { result } = compression;
      // The quality that was found for the picture on the screen is what is saved.
      const found = size === null || (result.status === 'final' && result.current);
      const target = found ? { quality } : { size: String(size) };
      return bridge.run(
        'encode',
        { ...file, ...target, clean, scans, device, out: outTemplate(place) },
        options,
      );
    },
  };
}

function decodePlan(entry: FileEntry, output: OutputChoice, device: DeviceChoice): ExportPlan {
  const { format, depth, quality } = output;
  return {
    place: entry.compression,
    settings: () => '',
    name: (index) => decodedName(output, entry.name, index),
    run: (bridge, file, options) =>
      bridge.run(
        'decode',
        { ...file, format, depth, quality, device, out: outTemplate(output) },
        options,
      ),
  };
}
