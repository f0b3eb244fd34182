/**
 * The table of file formats. Whatever lists formats (naming, walking folders, accepting, choices of an
 * export, file associations) derives from it. What a file is, is decided by its first bytes
 * (`app/pixels/sniff.ts`); how it is read and written is code there.
 */

import { sayText } from './sentences/index.ts';

/** What a file holds, as far as commands tell it apart. */
export type Family = 'photo' | 'scan' | 'latent';

type Samples = 'uint8' | 'uint16' | 'int16' | 'float32';

interface Format {
  /** In sentences: "JPEG", "a latent file". */
  readonly label: string;
  /** What a file manager calls such a file. */
  readonly title: string;
  readonly family: Family;
  /** Without the dot; the first is the one that is given to new names. */
  readonly extensions: readonly [string, ...string[]];
  readonly mimeType: string;
  /** Who reads it: libvips, or the capability that brings a reader. */
  readonly reader: 'libvips' | 'capability';
  /** What results of it are written as where no format is chosen. Default: itself where it is written, else PNG. */
  readonly becomes?: 'tiff' | 'png';
  /** Several files that come together may be one thing to look at: what is in them decides (`app/hosts/shared/grouping.ts`). */
  readonly series?: true;
  /** How it is written where a person chooses a format; null: it is not among them. */
  readonly writes: {
    /** Sample types, deepest first. */
    readonly samples: readonly [Samples, ...Samples[]];
    /** Bits per sample that 16 become. */
    readonly deep: 8 | 10 | 16;
    readonly lossy: boolean;
    readonly alpha: boolean;
    /** Gray pictures keep their profile. */
    readonly grayProfile: boolean;
    /** Pixels. */
    readonly maxSide: number;
    /** Only what was read from such files: camera raw, developed, goes back to its camera's samples, a slice into its volume, a frame into its object. */
    readonly of?: readonly ('dng' | 'raw' | 'nifti' | 'dicom')[];
    /** A file holds several pictures: pages, or slices. */
    readonly several?: true;
    /** Samples are of the source's type, whatever depth is asked for. */
    readonly isSources?: true;
  } | null;
}

export const formats = {
  jpeg: {
    label: 'JPEG',
    title: 'JPEG image',
    family: 'photo',
    extensions: ['jpg', 'jpeg', 'jpe', 'jfif'],
    mimeType: 'image/jpeg',
    reader: 'libvips',
    writes: {
      ...{ samples: ['uint8'], deep: 8, lossy: true },
      ...{ alpha: false, grayProfile: true, maxSide: 65_500 },
    },
  },
  png: {
    label: 'PNG',
    title: 'PNG image',
    family: 'photo',
    extensions: ['png'],
    mimeType: 'image/png',
    reader: 'libvips',
    writes: {
      ...{ samples: ['uint16', 'uint8'], deep: 16, lossy: false },
      ...{ alpha: true, grayProfile: true, maxSide: 0x7fff_ffff },
    },
  },
  tiff: {
    label: 'TIFF',
    title: 'TIFF image',
    family: 'photo',
    extensions: ['tif', 'tiff'],
    mimeType: 'image/tiff',
    reader: 'libvips',
    writes: {
      ...{ samples: ['float32', 'int16', 'uint16', 'uint8'], deep: 16, lossy: false },
      ...{ alpha: true, grayProfile: true, maxSide: 0x7fff_ffff, several: true },
    },
  },
  webp: {
    label: 'WebP',
    title: 'WebP image',
    family: 'photo',
    extensions: ['webp'],
    mimeType: 'image/webp',
    reader: 'libvips',
    writes: {
      ...{ samples: ['uint8'], deep: 8, lossy: true },
      ...{ alpha: true, grayProfile: false, maxSide: 16_383 },
    },
  },
  avif: {
    label: 'AVIF',
    title: 'AVIF image',
    family: 'photo',
    extensions: ['avif'],
    mimeType: 'image/avif',
    reader: 'libvips',
    writes: {
      ...{ samples: ['uint16', 'uint8'], deep: 10, lossy: true },
      ...{ alpha: true, grayProfile: false, maxSide: 16_384 },
    },
  },
  gif: {
    label: 'GIF',
    title: 'GIF image',
    family: 'photo',
    extensions: ['gif'],
    mimeType: 'image/gif',
    reader: 'libvips',
    writes: null,
  },
  dng: {
    label: 'DNG',
    title: 'Digital Negative',
    family: 'photo',
    extensions: ['dng'],
    mimeType: 'image/x-adobe-dng',
    reader: 'capability',
    becomes: 'tiff',
    writes: {
      ...{ samples: ['uint16'], deep: 16, lossy: false },
      ...{ alpha: false, grayProfile: true, maxSide: 0x7fff_ffff, of: ['dng', 'raw'] },
    },
  },
  raw: {
    label: 'camera raw',
    title: 'Camera raw image',
    family: 'photo',
    extensions: [
      ...(['cr2', 'cr3', 'nef', 'nrw', 'arw', 'sr2', 'raf', 'orf', 'rw2', 'pef'] as const),
      ...(['srw', '3fr', 'iiq', 'erf', 'mef', 'mos', 'mrw', 'dcr', 'kdc', 'rwl'] as const),
    ],
    mimeType: 'image/x-dcraw',
    reader: 'capability',
    becomes: 'tiff',
    writes: null,
  },
  jxl: {
    label: 'JPEG XL',
    title: 'JPEG XL image',
    family: 'photo',
    extensions: ['jxl'],
    mimeType: 'image/jxl',
    reader: 'capability',
    becomes: 'tiff',
    writes: null,
  },
  jp2: {
    label: 'JPEG 2000',
    title: 'JPEG 2000 image',
    family: 'photo',
    extensions: ['jp2', 'j2k', 'jpf', 'j2c', 'jpc'],
    mimeType: 'image/jp2',
    reader: 'capability',
    writes: null,
  },
  dicom: {
    label: 'DICOM',
    title: 'DICOM image',
    family: 'scan',
    extensions: ['dcm', 'dicom', 'ima'],
    mimeType: 'application/dicom',
    reader: 'capability',
    series: true,
    writes: {
      ...{ samples: ['int16', 'uint16', 'uint8'], deep: 16, lossy: false },
      ...{ alpha: false, grayProfile: false, maxSide: 65_535 },
      ...{ of: ['dicom'], several: true, isSources: true },
    },
  },
  nifti: {
    label: 'NIfTI',
    title: 'NIfTI volume',
    family: 'scan',
    extensions: ['nii', 'nii.gz'],
    mimeType: 'application/x-nifti',
    reader: 'capability',
    writes: {
      ...{ samples: ['float32', 'int16', 'uint16', 'uint8'], deep: 16, lossy: false },
      ...{ alpha: false, grayProfile: false, maxSide: 0x7fff_ffff },
      ...{ of: ['nifti'], several: true, isSources: true },
    },
  },
  hgl: {
    label: 'latent file',
    title: 'Hourglass latent image',
    family: 'latent',
    extensions: ['hgl'],
    mimeType: 'image/x-hourglass',
    reader: 'capability',
    writes: null,
  },
} as const satisfies Record<string, Format>;

type Formats = typeof formats;

/** Formats that Hourglass opens; `hgl` is its own, see docs/latent-format.md. */
export type ImageFormat = keyof Formats;

type With<K extends 'writes' | 'reader' | 'family', V> = {
  [F in ImageFormat]: Formats[F][K] extends V ? F : never;
}[ImageFormat];

/**
 * Formats that a person chooses among. Sources of another one are written as PNG unless one is chosen;
 * latent files are written by `encode` alone.
 */
export type OutputFormat = With<'writes', object>;

/** Formats of our own, which a command of its own writes. */
export type OwnFormat = With<'family', 'latent'>;

/** Formats that a capability reads. */
export type ForeignFormat = With<'reader', 'capability'>;

const ids = Object.keys(formats) as readonly ImageFormat[];

export const isOutputFormat = (format: ImageFormat): format is OutputFormat =>
  formats[format].writes !== null;

export const isForeignFormat = (format: ImageFormat): format is ForeignFormat =>
  formats[format].reader === 'capability';

/** Not an empty list: what schemas want to hear. */
type List<T> = [T, ...T[]];
export const imageFormats = [...ids] as List<ImageFormat>;
export const outputFormats = ids.filter(isOutputFormat) as List<OutputFormat>;

/** Camera raw: developed, which takes its time; many such files hold a small picture besides. */
export const isRawFormat = (format: ImageFormat | null): boolean =>
  format === 'dng' || format === 'raw';

/** Formats that a picture of this source can be written as; null: of any source. */
export const formatsFor = (source: ImageFormat | null): readonly OutputFormat[] =>
  outputFormats.filter((format) => {
    const { of } = abilitiesOf(format);
    return !of || of.some((one) => one === source);
  });

/** Names of formats are names; words ("camera raw") are said. */
export const labelOf = (format: ImageFormat): string =>
  sayText(`format.${format}.label`, formats[format].label);
export const familyOf = (format: ImageFormat): Family => formats[format].family;

/** The extension that new files of a format get, without the dot. */
export const extensionOf = (format: ImageFormat): string => formats[format].extensions[0];

/** Of such files several may be one entry to look at; what is written of them is a file for each. */
export const isOfSeries = (format: string): boolean =>
  Object.hasOwn(formats, format) && (formats[format as ImageFormat] as Format).series === true;

/**
 * What a result is written as where no format was chosen: the source's own where nothing else is better. A series of files is
 * not one file of their format: as one it is a TIFF.
 * @param files that the source comes from
 */
export const keptFormat = (format: ImageFormat, files = 1): OutputFormat => {
  const { becomes }: Format = formats[format];
  if (isOfSeries(format) && files > 1) return 'tiff';
  return becomes ?? (isOutputFormat(format) ? format : 'png');
};

/** How a format is written. */
export const abilitiesOf = (format: OutputFormat): NonNullable<Format['writes']> =>
  formats[format].writes;

/** What a name says of the one page, slice or frame that was taken from a file of several: two of them never get the same one. */
export const nameOfPage = (name: string, page: number): string => `${name}-page-${page}`;

/** The format that an extension (without the dot, in any case) stands for; null: none of ours. */
export const formatOfExtension = (extension: string): ImageFormat | null =>
  ids.find((id) =>
    (formats[id].extensions as readonly string[]).includes(extension.toLowerCase()),
  ) ?? null;

/**
 * The extension of a file name as it is spelled there, without the dot, of two parts where a format has such ("nii.gz"); empty:
 * it has none.
 */
export const extensionIn = (name: string): string => {
  const dot = name.lastIndexOf('.');
  if (dot <= 0) return '';
  const before = name.lastIndexOf('.', dot - 1);
  const both = name.slice(before + 1);
  return before > 0 && formatOfExtension(both) ? both : name.slice(dot + 1);
};

/** The format that a file calls itself; null: none of ours. What it is, its bytes say. */
export const formatOfName = (name: string): ImageFormat | null =>
  formatOfExtension(extensionIn(name));

/** By its name it may be one of several files that belong together; archives name such files without an extension too. */
export function mayBeOfSeries(name: string): boolean {
  const format = formatOfName(name);
  return format === null ? !name.includes('.') : isOfSeries(format);
}

/** Every extension of a file that can be opened, without the dot. */
export const openedExtensions: readonly string[] = ids.flatMap((id) => formats[id].extensions);

/** For `accept` of a file input. Extensions too: not every system knows every type. */
export const acceptedFiles: string = [
  ...ids.map((id) => formats[id].mimeType),
  ...openedExtensions.map((extension) => `.${extension}`),
].join(',');

/** "PNG, TIFF or JPEG" */
export const listed = (words: readonly string[], join: 'and' | 'or'): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} ${join} ${words.at(-1)!}`;

/** "JPEG, PNG, TIFF, WebP, AVIF and GIF": all but the files that are our own. */
export const photoLabels: string = listed(
  ids.filter((id) => familyOf(id) !== 'latent').map((id) => formats[id].label),
  'and',
);

/** The same, in the language of the program. */
export const photoFormats = (): string => sayText('format.photos.label', photoLabels);

/** What translators get of this table. */
export const formatSentences = (): readonly (readonly [string, string])[] => [
  ...ids
    .filter((id) => /^\p{Ll}/u.test(formats[id].label))
    .map((id) => [`format.${id}.label`, formats[id].label] as const),
  ['format.photos.label', photoLabels],
];
