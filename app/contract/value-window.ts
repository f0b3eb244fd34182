/**
 * Windows of measured values: those that are known by a name, as a person types one, and the choice of one for a picture that is
 * written as it is seen. What a window does to values is `levels.ts`.
 */
import * as z from 'zod';
import type { DocumentInfo, Scale } from './domain.ts';

export type ValueWindow = NonNullable<Scale['window']>;

/** Hounsfield units, as radiology teaches them; width and level vary by a few tens between departments. */
export const windowsOfCt = {
  'soft-tissue': { center: 40, width: 400 },
  lung: { center: -600, width: 1500 },
  bone: { center: 400, width: 1800 },
  brain: { center: 40, width: 80 },
  liver: { center: 60, width: 160 },
  mediastinum: { center: 50, width: 350 },
} as const satisfies Record<string, ValueWindow>;
export type WindowOfCt = keyof typeof windowsOfCt;
export const namesOfCt = Object.keys(windowsOfCt) as [WindowOfCt, ...WindowOfCt[]];

/** That of the file, those of CT, and all of its values. */
export const windowNames = ['file', ...namesOfCt, 'whole'] as const;
export type WindowName = (typeof windowNames)[number];

/** Its values are in Hounsfield units. */
export const isCt = ({ modality, scale }: Pick<DocumentInfo, 'modality' | 'scale'>): boolean =>
  modality === 'CT' || scale.unit === 'HU';

/** From black to white. */
export function wholeWindow({ black, white, slope, intercept }: Scale): ValueWindow {
  const [one, other] = [black * slope + intercept, white * slope + intercept];
  return { center: (one + other) / 2, width: Math.max(Math.abs(other - one), Number.EPSILON) };
}

const digits = String.raw`\d+(?:\.\d*)?(?:[eE][-+]?\d+)?`;
/** Wider than nothing: one of its digits is no zero. */
const width = String.raw`(?=[\d.]*[1-9])${digits}`;
const pattern = new RegExp(`^\\s*([-+]?${digits})\\s*/\\s*(${width})\\s*(/\\s*sigmoid\\s*)?$`);

/** Something lies between its ends, and they are numbers. */
export const isWindow = ({ center, width }: ValueWindow): boolean =>
  width > 0 && Number.isFinite(center - width) && Number.isFinite(center + width);

/** A window as it is typed: 40/400, -600/1500, 2048/4096/sigmoid; null: it is none, or of no width. */
export function windowOf(text: string): ValueWindow | null {
  const [, center, width, sigmoid] = pattern.exec(text) ?? [];
  if (center === undefined) return null;
  const curve = sigmoid ? ({ sigmoid: true } as const) : {};
  const window = { center: Number(center), width: Number(width), ...curve };
  return isWindow(window) ? window : null;
}

/** As `windowOf` reads it, to twelve digits. */
export const windowText = ({ center, width, sigmoid }: ValueWindow): string =>
  [center, width].map((value) => String(Number(value.toPrecision(12)))).join('/') +
  (sigmoid ? '/sigmoid' : '');

/** Fields of commands that write pictures of scans as they are seen. */
export const windowFields = {
  window: z
    .string()
    .regex(pattern)
    .meta({ examples: ['40/400', '-600/1500'] })
    .optional()
    .describe(
      'Write a scan as it is seen through a window of its measured values, level/width (40/400; as LINEAR_EXACT of DICOM, 40/400/sigmoid as SIGMOID): 8 bits, values beyond are black or white. Without it, and without --preset, what is stored is written',
    ),
  preset: z
    .enum(windowNames)
    .optional()
    .describe(
      'The same through a window that has a name. file: that of the file, else as it is shown at first; whole: all values; the others are of CT',
    ),
  invert: z
    .boolean()
    .default(false)
    .describe('Swap light and dark of what --window or --preset writes'),
};

export interface WindowChoice {
  readonly window?: string | undefined;
  readonly preset?: WindowName | undefined;
  readonly invert: boolean;
}
