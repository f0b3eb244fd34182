/** Windows of measured values that people look at scans through, by modality. */
import type { DocumentInfo } from '../../app/contract/index.ts';
import {
  isCt,
  namesOfCt,
  wholeWindow,
  windowsOfCt,
  type WindowName,
  type WindowOfCt,
} from '../../app/contract/value-window.ts';
import type { LevelWindow } from '../viewer/level-window.ts';
import { say } from './sentences.ts';

export interface WindowChoice {
  readonly id: WindowName;
  readonly label: string;
  /** null: as the document is shown at first. */
  readonly window: LevelWindow | null;
}

const ofCt = (): readonly WindowChoice[] => {
  const labels: Readonly<Record<WindowOfCt, string>> = {
    'soft-tissue': say('softTissue'),
    lung: say('lung'),
    bone: say('bone'),
    brain: say('brain'),
    liver: say('liver'),
    mediastinum: say('mediastinum'),
  };
  return namesOfCt.map((id) => ({ id, label: labels[id], window: windowsOfCt[id] }));
};

/** Tiles of codes are what windows work on: pictures of one tone. */
export const isWindowed = <D extends Partial<Pick<DocumentInfo, 'content' | 'codes'>>>(
  info: D | null,
): info is D => info?.content?.family === 'scan' && info.codes !== undefined;

/** Those of the file first, all of its values last. */
export function windowsOf(info: DocumentInfo): readonly WindowChoice[] {
  return [
    {
      id: 'file',
      label: info.scale.assumed ? say('windowAssumed') : say('windowOfFile'),
      window: null,
    },
    ...(isCt(info) ? ofCt() : []),
    {
      id: 'whole',
      label: say('wholeRange'),
      window: wholeWindow(info.scale),
    },
  ];
}

/** The window that is seen: that of a person, else the document's first one. */
export function shownWindow({ scale }: DocumentInfo, chosen: LevelWindow | null): LevelWindow {
  return chosen ?? scale.window ?? wholeWindow(scale);
}

/** Part of the width that a pixel of a drag is. */
const PER_PIXEL = 0.004;

/** To the right: wider, so less contrast; down: darker picture, higher values (what scan viewers do). */
export const draggedWindow = (
  { center, width, ...shape }: LevelWindow,
  by: { readonly right: number; readonly down: number },
): LevelWindow => ({
  ...shape,
  center: center + by.down * width * PER_PIXEL,
  width: Math.max(width * Math.exp(by.right * PER_PIXEL), 1e-6),
});
