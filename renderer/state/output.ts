/**
 * How results are written, seen from the page: which depth a format can hold, what is lost, what the
 * file will be called. The writer in the engine decides in the end; this says it beforehand.
 */
import type {
  DocumentInfo,
  ImageFormat,
  Notice,
  OutputSettings,
} from '../../app/contract/index.ts';

export type OutputFormatChoice = OutputSettings['format'];
export type OutputDepthChoice = OutputSettings['depth'];
type WrittenFormat = Exclude<OutputFormatChoice, 'keep'>;

/** What a written file is called and where it goes. */
export interface PlaceChoice {
  /** Template of the file name, without a folder: {name} {ext} {model} {n}. */
  readonly name: string;
  /** Absolute folder; null: beside the original (or a download). */
  readonly folder: string | null;
}

export interface OutputChoice extends PlaceChoice {
  readonly format: OutputFormatChoice;
  readonly depth: OutputDepthChoice;
  /** 1–100, lossy formats. */
  readonly quality: number;
}

export const defaultOutput: OutputChoice = {
  format: 'keep',
  depth: 'keep',
  quality: 95,
  name: '{name}-clean.{ext}',
  folder: null,
};

/** Of latent files: another extension than any source, so the name can be the same. */
export const defaultLatent: PlaceChoice = { name: '{name}.{ext}', folder: null };

/** Of pictures out of latent files. */
export const defaultDecoded: OutputChoice = {
  ...defaultOutput,
  format: 'png',
  name: '{name}-decoded.{ext}',
};

/** What each written format can hold; `deep` is what a depth of 16 becomes in it, bits per sample. */
const formats: Readonly<
  Record<
    WrittenFormat,
    { label: string; extension: string; lossy: boolean; deep: 8 | 10 | 16; alpha: boolean }
  >
> = {
  jpeg: { label: 'JPEG', extension: 'jpg', lossy: true, deep: 8, alpha: false },
  png: { label: 'PNG', extension: 'png', lossy: false, deep: 16, alpha: true },
  tiff: { label: 'TIFF', extension: 'tif', lossy: false, deep: 16, alpha: true },
  webp: { label: 'WebP', extension: 'webp', lossy: true, deep: 8, alpha: true },
  avif: { label: 'AVIF', extension: 'avif', lossy: true, deep: 10, alpha: true },
};

export const formatChoices: readonly WrittenFormat[] = ['jpeg', 'png', 'tiff', 'webp', 'avif'];

const unwritten = { gif: 'GIF', hgl: 'latent file' } as const;

const isUnwritten = (format: ImageFormat): format is keyof typeof unwritten =>
  Object.hasOwn(unwritten, format);

export const formatLabel = (format: ImageFormat): string =>
  isUnwritten(format) ? unwritten[format] : formats[format].label;

type Described = Pick<DocumentInfo, 'format' | 'sampleType' | 'name'> &
  Partial<Pick<DocumentInfo, 'hasAlpha'>>;

/** The format that will really be written; GIF and latent files become PNG. null: unknown before opening. */
export function writtenFormat(
  choice: OutputFormatChoice,
  source: Described | null,
): WrittenFormat | null {
  if (choice !== 'keep') return choice;
  if (source === null) return null;
  return isUnwritten(source.format) ? 'png' : source.format;
}

export const isLossy = (format: WrittenFormat | null): boolean =>
  format !== null && formats[format].lossy;

/** Depths that can be chosen for this format: a choice of one is no choice and is shown as words. */
export const depthChoices = (format: WrittenFormat | null): readonly OutputDepthChoice[] =>
  format === null || formats[format].deep > 8 ? ['keep', '8', '16'] : ['8'];

/** Bits per sample that will be written; null while the source is unknown. */
export function writtenDepth(
  choice: OutputChoice,
  source: Described | null,
): 8 | 10 | 16 | 32 | null {
  const format = writtenFormat(choice.format, source);
  const deep = format === null ? 16 : formats[format].deep;
  if (deep === 8 || choice.depth === '8') return 8;
  if (choice.depth === '16') return deep;
  if (source === null || format === null) return null;
  if (source.sampleType === 'float32' && format === 'tiff') return 32;
  return source.sampleType === 'uint8' ? 8 : deep;
}

/** What the chosen output loses, each as one sentence; empty when nothing is lost. */
export function losses(choice: OutputChoice, source: Described | null): Notice[] {
  const notices: Notice[] = [];
  const format = writtenFormat(choice.format, source);
  if (source === null || format === null) return notices;
  const depth = writtenDepth(choice, source);
  const stored = source.sampleType === 'uint8' ? 8 : source.sampleType === 'uint16' ? 16 : 32;
  if (depth !== null && depth < stored)
    notices.push({
      level: 'warning',
      text: `${formats[format].label} is written with ${depth} bits per sample; the file has ${stored}.`,
    });
  if (source.hasAlpha && !formats[format].alpha)
    notices.push({
      level: 'warning',
      text: `${formats[format].label} holds no transparency; a picture with transparent parts is refused.`,
    });
  if (formats[format].lossy)
    notices.push({
      level: 'info',
      text: `${formats[format].label} is lossy: pixels change a little when it is written.`,
    });
  if (isUnwritten(source.format) && choice.format === 'keep')
    notices.push({
      level: 'info',
      text: `A ${formatLabel(source.format)} is written as PNG, which holds all its colours.`,
    });
  return notices;
}

const splitExtension = (name: string): readonly [string, string] => {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? [name.slice(0, dot), name.slice(dot + 1)] : [name, ''];
};

/**
 * The file name that a template gives. `n` is the number in the run, from 1.
 * An unchanged format keeps the extension as the file spells it.
 */
export function resultName(
  choice: OutputChoice,
  file: { readonly name: string; readonly info: Described | null },
  model: string,
  n = 1,
): string {
  const [name, sourceExtension] = splitExtension(file.name);
  const format = writtenFormat(choice.format, file.info);
  const keeps = format === null || format === file.info?.format;
  const extension =
    keeps && sourceExtension ? sourceExtension : formats[format ?? 'tiff'].extension;
  return filled(choice.name, { name, extension, model, n });
}

const filled = (
  template: string,
  of: {
    readonly name: string;
    readonly extension: string;
    readonly model: string;
    readonly n: number;
  },
): string =>
  template
    .replaceAll('{dir}/', '')
    .replaceAll('{name}', of.name)
    .replaceAll('{ext}', of.extension)
    .replaceAll('{model}', of.model)
    .replaceAll('{n}', String(of.n));

/** The name of a latent file made from a source. */
export const latentName = (choice: PlaceChoice, source: string, n = 1): string =>
  filled(choice.name, { name: splitExtension(source)[0], extension: 'hgl', model: 'auto', n });

/** The name of the picture that a latent file is decoded to. */
export const decodedName = (choice: OutputChoice, source: string, n = 1): string => {
  const format = choice.format === 'keep' ? 'png' : choice.format;
  const { extension } = formats[format];
  return filled(choice.name, { name: splitExtension(source)[0], extension, model: 'auto', n });
};

/**
 * Why a name template can not be used, in one sentence; null when it can.
 * @param mayKeep the written file has another extension than its source
 */
export function nameProblem(template: string, mayKeep = false): string | null {
  if (template.trim() === '') return 'The name is empty.';
  if (/[\\/]/.test(template)) return 'A name holds no folder; slashes are not possible here.';
  const unknown = /\{(?!name\}|ext\}|model\}|n\})[^}]*\}?/.exec(template);
  if (unknown) return `${unknown[0]} is not known; there are {name}, {ext}, {model} and {n}.`;
  if (template === '{name}.{ext}' && !mayKeep)
    return 'This is the name of the original, which is never touched.';
  return null;
}

/** `out` for the command: folder and name as one template. */
export const outTemplate = (choice: PlaceChoice): string =>
  `${choice.folder === null ? '{dir}' : choice.folder}/${choice.name}`;
