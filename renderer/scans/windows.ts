/** Windows of measured values that people look at scans through, by modality. */
import type { DocumentInfo } from '../../app/contract/index.ts';
import type { LevelWindow } from '../viewer/level-window.ts';
import { say } from './sentences.ts';

export interface WindowChoice {
  readonly id: string;
  readonly label: string;
  /** null: as the document is shown at first. */
  readonly window: LevelWindow | null;
}

/** Hounsfield units, as radiology teaches them; width and level vary by a few tens between departments. */
const ofCt = (): readonly WindowChoice[] => [
  { id: 'softTissue', label: say('softTissue'), window: { center: 40, width: 400 } },
  { id: 'lung', label: say('lung'), window: { center: -600, width: 1500 } },
  { id: 'bone', label: say('bone'), window: { center: 400, width: 1800 } },
  { id: 'brain', label: say('brain'), window: { center: 40, width: 80 } },
  { id: 'liver', label: say('liver'), window: { center: 60, width: 160 } },
  { id: 'mediastinum', label: say('mediastinum'), window: { center: 50, width: 350 } },
];

const isCt = ({ modality, scale }: Pick<DocumentInfo, 'modality' | 'scale'>): boolean =>
  modality === 'CT' || scale.unit === 'HU';

/** From black to white. */
function wholeOf({ black, white, slope, intercept }: DocumentInfo['scale']): LevelWindow {
  const [one, other] = [black * slope + intercept, white * slope + intercept];
  return { center: (one + other) / 2, width: Math.max(Math.abs(other - one), Number.EPSILON) };
}

/** Those of the file first, all of its values last. */
export function windowsOf(info: DocumentInfo): readonly WindowChoice[] {
  return [
    { id: 'file', label: say('windowOfFile'), window: null },
    ...(isCt(info) ? ofCt() : []),
    {
      id: 'whole',
      label: say('wholeRange'),
      window: wholeOf(info.scale),
    },
  ];
}

/** The window that is seen: that of a person, else the document's first one. */
export function shownWindow({ scale }: DocumentInfo, chosen: LevelWindow | null): LevelWindow {
  return chosen ?? scale.window ?? wholeOf(scale);
}

/** Part of the width that a pixel of a drag is. */
const PER_PIXEL = 0.004;

/** To the right: wider, so less contrast; down: darker picture, higher values (what scan viewers do). */
export const draggedWindow = (
  { center, width }: LevelWindow,
  by: { readonly right: number; readonly down: number },
): LevelWindow => ({
  center: center + by.down * width * PER_PIXEL,
  width: Math.max(width * Math.exp(by.right * PER_PIXEL), 1e-6),
});
