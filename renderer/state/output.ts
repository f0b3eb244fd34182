/**
 * How results are written, seen from the page: which depth a format can hold, what is lost, what the
 * file will be called. The writer in the engine decides in the end; this says it beforehand.
 */
import {
  abilitiesOf,
  extensionIn,
  extensionOf,
  formatsFor,
  keptFormat,
  labelOf,
  nameOfPage,
  type OutputFormat,
} from '../../app/contract/formats.ts';
import type { ObjectChoices } from '../../app/contract/dicom-object.ts';
import type { DocumentInfo, Notice, OutputSettings, Sharing } from '../../app/contract/index.ts';
import { placeIds, places, type PlaceId } from '../../app/contract/places.ts';
import { windowText } from '../../app/contract/value-window.ts';
import { isWindowed } from '../scans/windows.ts';
import type { SeenThrough } from '../viewer/view-state.svelte.ts';
import { bytes } from './format.ts';
import { say } from './sentences.ts';

export type OutputFormatChoice = OutputSettings['format'];
export type OutputDepthChoice = OutputSettings['depth'];

/** What a written file is called and where it goes. */
export interface PlaceChoice {
  /** Template of the file name, without a folder: {name} {ext} {model} {n}. */
  readonly name: string;
  /** Absolute folder; null: beside the original (or a download). */
  readonly folder: string | null;
}

export interface OutputChoice extends PlaceChoice, Readonly<ObjectChoices> {
  readonly format: OutputFormatChoice;
  readonly depth: OutputDepthChoice;
  /** 1–100, lossy formats. */
  readonly quality: number;
  /** Longest side, pixels; null: as the picture is. */
  readonly maxSide: number | null;
  /** Largest size of the file, bytes: the best quality that fits is found; null: the quality decides. */
  readonly maxBytes: number | null;
  readonly srgb: boolean;
  readonly strip: Sharing['strip'];
  /** Of a scan, written as a picture: what is stored, or what is seen through the window on the screen. */
  readonly values: 'stored' | 'seen';
}

/** What a command is told of a choice, but for the name. What a format of the source's own values does not have is not asked of it. */
export function outputInput(choice: OutputChoice, info: Described | null = null) {
  const { format, depth, quality, maxSide, srgb, strip } = choice;
  const written = writtenFormat(format, info);
  const isSources = written !== null && abilitiesOf(written).isSources === true;
  return {
    ...{ format, strip },
    ...(isSources ? {} : { depth, quality, srgb }),
    ...(maxSide === null ? {} : { maxSide }),
  };
}

/** How files of each place are written while nobody has chosen; where there is no format to keep, as PNG. */
export const usualOutputs = Object.fromEntries(
  placeIds.map((id): readonly [PlaceId, OutputChoice] => {
    const { name, choosesFormat, keepsFormat } = places[id];
    const format = choosesFormat && !keepsFormat ? 'png' : 'keep';
    const pixels = { format, depth: 'keep', quality: 95 } as const;
    return [
      id,
      {
        ...pixels,
        name,
        folder: null,
        maxSide: null,
        maxBytes: null,
        srgb: false,
        strip: 'nothing',
        values: 'stored',
        ...{ transferSyntax: 'uncompressed', deidentify: false, retain: [] },
      },
    ];
  }),
) as unknown as OutputChoices;

export type OutputChoices = Readonly<Record<PlaceId, OutputChoice>>;

type Described = Pick<DocumentInfo, 'format' | 'sampleType' | 'bits' | 'name'> &
  Partial<Pick<DocumentInfo, 'hasAlpha' | 'content' | 'codes' | 'notWritten'>>;

/** The format that will really be written: GIF and latent files become PNG, raw files TIFF. null: unknown before opening. */
export function writtenFormat(
  choice: OutputFormatChoice,
  source: Described | null,
): OutputFormat | null {
  if (choice !== 'keep') return choice;
  if (source === null) return null;
  return keptFormat(source.format);
}

/** Why it is not written so, in a sentence; null: it is, as far as is known. */
export const whyNotWritten = (
  format: OutputFormat | null,
  source: Described | null,
): string | null => (source && format === source.format ? (source.notWritten ?? null) : null);

/** It can be written as it is seen through a window of values, in 8 bits. */
export function canBeSeen({ format: chosen }: OutputChoice, info: Described | null): boolean {
  const format = writtenFormat(chosen, info);
  if (!isWindowed(info) || format === null) return false;
  const { isSources, of } = abilitiesOf(format);
  return !isSources && !of;
}

/** What a command is told of the window that a scan is written through; nothing where what is stored is. */
export function windowInput(
  choice: OutputChoice,
  info: Described | null,
  seen: SeenThrough | null,
): { readonly window?: string; readonly preset?: 'file'; readonly invert?: true } {
  if (choice.values !== 'seen' || !canBeSeen(choice, info)) return {};
  return {
    ...(seen?.window ? { window: windowText(seen.window) } : { preset: 'file' as const }),
    ...(seen?.inverted ? { invert: true as const } : {}),
  };
}

/** DICOM may be written: of this file, or of one that is not known yet. */
export const mayBeDicom = ({ format }: OutputChoice, info: Described | null): boolean =>
  (writtenFormat(format, info) ?? 'dicom') === 'dicom';

/** What a command is told of the DICOM that it writes. */
export const objectInput = (
  choice: OutputChoice,
  info: Described | null,
): Partial<ObjectChoices> =>
  mayBeDicom(choice, info)
    ? {
        ...(choice.transferSyntax === 'uncompressed'
          ? {}
          : { transferSyntax: choice.transferSyntax }),
        ...(choice.deidentify ? { deidentify: true, retain: [...choice.retain] } : {}),
      }
    : {};

/** A file of this format holds all pages of a TIFF, all slices of a volume. */
export const holdsSeveral = (format: OutputFormat | null): boolean =>
  format !== null && abilitiesOf(format).several === true;

export const isLossy = (format: OutputFormat | null): boolean =>
  format !== null && abilitiesOf(format).lossy;

/** Depths that can be chosen for this format: a choice of one is no choice and is shown as words, or not at all where it is the source's. */
export const depthChoices = (format: OutputFormat | null): readonly OutputDepthChoice[] => {
  if (format === null) return ['keep', '8', '16'];
  const { deep, isSources } = abilitiesOf(format);
  if (isSources) return ['keep'];
  return deep === 8 ? ['8'] : holdsEight(format) ? ['keep', '8', '16'] : ['16'];
};

const holdsEight = (format: OutputFormat): boolean =>
  (abilitiesOf(format).samples as readonly string[]).includes('uint8');

/** Bits per sample that will be written; null while the source is unknown. */
export function writtenDepth(
  choice: OutputChoice,
  source: Described | null,
): 8 | 10 | 16 | 32 | null {
  if (choice.values === 'seen' && canBeSeen(choice, source)) return 8;
  const format = writtenFormat(choice.format, source);
  if (format !== null && abilitiesOf(format).isSources) return source && bitsOf(source);
  const deep = format === null ? 16 : abilitiesOf(format).deep;
  if (deep === 8 || (choice.depth === '8' && (format === null || holdsEight(format)))) return 8;
  if (format !== null && !holdsEight(format)) return deep;
  if (choice.depth === '16') return deep;
  if (source === null || format === null) return null;
  if (source.sampleType === 'float32' && abilitiesOf(format).samples.includes('float32')) return 32;
  return source.sampleType === 'uint8' ? 8 : deep;
}

const bitsOf = ({ sampleType }: Described): 8 | 16 | 32 =>
  sampleType === 'uint8' ? 8 : sampleType === 'float32' ? 32 : 16;

/** Other pixels may be written than those on the screen. */
export const isChangedForSharing = (
  { maxSide, srgb }: OutputChoice,
  { width, height }: Pick<DocumentInfo, 'width' | 'height'>,
): boolean => srgb || (maxSide !== null && maxSide < Math.max(width, height));

/** What the chosen output loses, each as one sentence; empty when nothing is lost. */
export function losses(choice: OutputChoice, source: Described | null): Notice[] {
  const notices: Notice[] = [];
  const format = writtenFormat(choice.format, source);
  if (source === null || format === null) return notices;
  const refused = whyNotWritten(format, source);
  if (refused !== null) return [{ level: 'warning', text: refused }];
  const { alpha, lossy } = abilitiesOf(format);
  const label = labelOf(format);
  const depth = writtenDepth(choice, source);
  const stored = source.bits ?? bitsOf(source);
  if (choice.values === 'seen' && canBeSeen(choice, source))
    notices.push({ level: 'warning', text: say('writtenAsSeen', { label }) });
  else if (depth !== null && depth < stored)
    notices.push({
      level: 'warning',
      text: say('writtenWithBitsPerSample', { label, depth, stored }),
    });
  if (format === 'dicom' && choice.deidentify)
    notices.push({ level: 'warning', text: say('deidentifiedElements') });
  if (source.hasAlpha && !alpha)
    notices.push({
      level: 'warning',
      text: say('holdsNoTransparencyPictureWith', { label }),
    });
  if (!lossy && choice.maxBytes !== null)
    notices.push({
      level: 'warning',
      text: say('noQualityToFit', { label, size: bytes(choice.maxBytes) }),
    });
  if (lossy)
    notices.push({
      level: 'info',
      text: say('lossyPixelsChangeLittleWhen', { label }),
    });
  if (!formatsFor(source.format).includes(format))
    notices.push({ level: 'warning', text: say('onlyOfRaw', { label }) });
  if (format !== source.format && choice.format === 'keep')
    notices.push({
      level: 'info',
      text: say('writtenAsWhichHoldsAll', { format: labelOf(source.format), label }),
    });
  return notices;
}

const splitExtension = (name: string): readonly [string, string] => {
  const extension = extensionIn(name);
  return extension ? [name.slice(0, -extension.length - 1), extension] : [name, ''];
};

/** Which file of a run it is, from 1, and how many there are: {n} gets as many digits. */
export interface Numbered {
  readonly index: number;
  readonly inputs: number;
  /** The one page of several that is written. */
  readonly page?: number;
}

const alone: Numbered = { index: 1, inputs: 1 };

/**
 * The file name that a template gives.
 * An unchanged format keeps the extension as the file spells it.
 */
export function resultName(
  choice: OutputChoice,
  file: { readonly name: string; readonly info: Described | null },
  model: string,
  number = alone,
): string {
  const [, sourceExtension] = splitExtension(file.name);
  const format = writtenFormat(choice.format, file.info);
  const keeps = format === null || format === file.info?.format;
  const extension = keeps && sourceExtension ? sourceExtension : extensionOf(format ?? 'tiff');
  return nameWith(choice.name, file.name, extension, number, model);
}

function stemOf(source: string, page: number | undefined): string {
  const [stem] = splitExtension(source);
  return page === undefined ? stem : nameOfPage(stem, page);
}

/** The file name that a template gives for a source of this name, written with this extension. */
export const nameWith = (
  template: string,
  source: string,
  extension: string,
  { index, inputs, page }: Numbered,
  model = 'auto',
): string => {
  const values: Record<string, string> = {
    ...{ name: stemOf(source, page), ext: extension, model },
    n: String(index).padStart(String(inputs).length, '0'),
  };
  // In one pass, and by a function: a file's own name may hold braces, and dollar signs.
  return template
    .replaceAll('{dir}/', '')
    .replaceAll(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
};

/** Why a name template can not be used for files of a place, in one sentence; null when it can. */
export function nameProblem(template: string, place: PlaceId): string | null {
  if (template.trim() === '') return say('nameEmpty');
  if (/[\\/]/.test(template)) return say('nameHoldsNoFolderSlashes');
  const unknown = /\{(?!name\}|ext\}|model\}|n\})[^}]*\}?/.exec(template);
  if (unknown) return say('notKnownThereAnd', { unknown: unknown[0] });
  // A format of the program's own has another extension than any source.
  if (template === '{name}.{ext}' && places[place].choosesFormat)
    return say('nameOriginalWhichNeverTouched');
  return null;
}

/** `out` for the command: folder and name as one template. */
export const outTemplate = (choice: PlaceChoice): string =>
  `${choice.folder === null ? '{dir}' : choice.folder}/${choice.name}`;
