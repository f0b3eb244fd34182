/** What an export of the Clean workspace makes of a file: a cleaned picture. */
import { isOfSeries } from '../../../app/contract/formats.ts';
import type { DeviceChoice } from '../../../app/contract/index.ts';
import type { FileEntry } from '../../state/entry.svelte.ts';
import type { ExportPlan } from '../../state/export-plan.ts';
import {
  holdsSeveral,
  objectInput,
  outputInput,
  outTemplate,
  resultName,
  windowInput,
  writtenFormat,
  type OutputChoice,
} from '../../state/output.ts';
import type { SeenThrough } from '../../viewer/view-state.svelte.ts';
import { cleaningOf } from './cleaning.svelte.ts';
import { denoiseInput, settingsToText } from './settings.ts';

export const cleanPlan =
  (output: OutputChoice, device: DeviceChoice, seen: SeenThrough | null = null) =>
  (entry: FileEntry): ExportPlan => {
    const cleaning = cleaningOf(entry);
    const { settings } = cleaning;
    // What the automatic choice has come to on the screen is what is written, and named by {model}.
    const model = cleaning.model ?? settings.model;
    const several = entry.info?.pages !== undefined;
    const format = writtenFormat(output.format, entry.info);
    const isAll = entry.allPages && holdsSeveral(format);
    // A series is written as it came, slice by slice, but into what holds all of them as pages.
    const each =
      entry.files > 1 && (format === null || isOfSeries(format) || !holdsSeveral(format));
    // Slices as they were taken are what is written, whatever plane is looked at.
    const page = isAll && !each ? 'all' : entry.plane ? entry.slice : entry.page;
    return {
      place: cleaning,
      settings: settingsToText(settings),
      // Slices of a series have files, and so names, of their own.
      name: (index, inputs) =>
        resultName(output, entry, model, {
          ...{ index, inputs },
          ...(several && entry.files === 1 && page !== 'all' ? { page } : {}),
        }),
      ...(each && entry.allPages ? { slices: entry.files } : {}),
      command: 'denoise',
      input: {
        ...denoiseInput({ ...settings, model }, device),
        ...entry.allowed,
        ...(several || each ? { page } : {}),
        out: outTemplate(output),
        ...outputInput(output, entry.info),
        ...windowInput(output, entry.info, seen),
        ...objectInput(output, entry.info),
        ...(each && output.format === 'keep' ? { format: 'dicom' } : {}),
        ...(output.maxBytes === null ? {} : { size: String(output.maxBytes) }),
      },
    };
  };
