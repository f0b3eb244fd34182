/**
 * One file in the Clean workspace: what was measured, what is asked for, the cleaned result on the screen
 * and the noise map. When each is made is desk.svelte.ts.
 */
import type { HourglassEvent } from '../../../app/contract/index.ts';
import type { NoiseReading } from '../../../app/contract/denoise.ts';
import { Edited } from '../../state/edited.svelte.ts';
import type { ExportState, FileEntry } from '../../state/entry.svelte.ts';
import { Kept } from '../../state/kept.svelte.ts';
import type { Work } from '../../state/workspace.ts';
import type { NoiseMap } from './noise-map.svelte.ts';
import type { Preview } from './preview.svelte.ts';
import { automaticModel, defaultSettings, sameSettings, type CleanSettings } from './settings.ts';

type EventOf<T extends HourglassEvent['type']> = Extract<HourglassEvent, { type: T }>;

export const cleanId = 'clean';

export class Cleaning extends Edited<CleanSettings> implements Work {
  readonly preview: Preview;
  readonly noiseMap: NoiseMap;
  readonly kept = new Kept();
  reading = $state.raw<NoiseReading | null>(null);
  /** Whose noise the reading is of. */
  measured: CleanSettings['levelOf'] = 'slice';
  measuring = $state(false);
  exported = $state.raw<ExportState>({ kind: 'none' });

  constructor(preview: Preview, noiseMap: NoiseMap) {
    super(defaultSettings, sameSettings);
    this.preview = preview;
    this.noiseMap = noiseMap;
  }

  get picture(): Preview {
    return this.preview;
  }

  /** Id of the model that cleans at these settings; null while an automatic choice has not been made. */
  get model(): string | null {
    if (this.settings.model !== automaticModel) return this.settings.model;
    const { shown } = this.preview;
    return shown?.settings.model === automaticModel ? (shown.facts?.model.id ?? null) : null;
  }

  get suspect(): boolean {
    return this.preview.suspect;
  }

  get layers(): readonly string[] {
    const { kept, noiseMap, preview } = this;
    const made = [preview.shown?.layer.id, noiseMap.facts?.layer, kept.layer?.id];
    return made.filter((id) => id !== undefined);
  }

  leave(): void {
    if (this.preview.busy) this.preview.lose();
    if (this.noiseMap.busy) this.noiseMap.lose();
    this.kept.leave();
  }

  lose(): void {
    this.preview.lose();
    this.noiseMap.lose();
    this.kept.lose();
  }

  engineDied(): void {
    this.preview.engineDied();
    this.noiseMap.engineDied();
    this.kept.engineDied();
  }

  /** The map is measured, not cleaned: it does not depend on the device. */
  outdate(): void {
    this.preview.lose();
  }

  forget(): void {
    this.reading = null;
    this.kept.drop();
  }

  onGone(layer: string): boolean {
    this.kept.onGone(layer);
    return [this.preview.onGone(layer), this.noiseMap.onGone(layer)].includes(true);
  }

  onLayer(event: EventOf<'layer'>): void {
    this.preview.onLayer(event);
  }

  onJob(event: EventOf<'job'>): void {
    this.preview.onJob(event);
    this.noiseMap.onJob(event);
    this.kept.again.onJob(event);
  }
}

export const cleaningOf = (entry: FileEntry): Cleaning => entry.work(cleanId, Cleaning);
