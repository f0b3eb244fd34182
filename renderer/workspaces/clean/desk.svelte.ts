/**
 * The order of work when a file is looked at to be cleaned: its noise is measured, then it is cleaned as
 * far as the settings say, then the noise map is made where it is wanted.
 */
import { denoiseActions } from '../../../app/contract/denoise.ts';
import type { CompareMode, ViewerLayer } from '../../viewer/types.ts';
import { editTogether } from '../../state/edited.svelte.ts';
import type { FileEntry } from '../../state/entry.svelte.ts';
import type { Said } from '../../state/words.ts';
import type {
  Behaviour,
  Desk,
  Surroundings,
  WorkspaceLogic,
  Writing,
} from '../../state/workspace.ts';
import type { Session } from '../../state/session.svelte.ts';
import type { Workbench } from '../../state/workbench.svelte.ts';
import { Cleaning, cleanId, cleaningOf } from './cleaning.svelte.ts';
import { NoiseMap } from './noise-map.svelte.ts';
import { cleanPlan } from './plan.ts';
import { Preview } from './preview.svelte.ts';
import {
  amountOf,
  automaticModel,
  changesNothing,
  defaultSettings,
  denoiseInput,
  sameSettings,
  settingsFromText,
  settingsToText,
  strengthPercent,
  type CleanSettings,
} from './settings.ts';
import { changeWords, cleanStripState, labelWords, pictureState, settingsWords } from './words.ts';
import { say } from './sentences.ts';

/** Further changes within this time join the preview that is about to start, milliseconds. */
const DEBOUNCE = 160;

export class CleanDesk implements Desk {
  readonly planes = true;
  readonly invitation = say('dropNoisyPhotosHereAnd');
  readonly becomes = say('cleaned');
  readonly behaviours: Readonly<Record<string, Behaviour>> = {
    'noise-map': {
      enabled: ({ session }) =>
        session.desk === this && session.active?.plane === null && session.active.open,
      perform: (bench) => this.toggleMap(bench),
    },
  };

  readonly writing: Writing = {
    placeOf: () => 'output',
    plan: (entry, { outputs, device, seen }) => cleanPlan(outputs.output, device, seen)(entry),
  };

  readonly #around: Surroundings;
  /** Settings that were copied last. */
  #copied = $state.raw<CleanSettings | null>(null);

  constructor(around: Surroundings) {
    this.#around = around;
  }

  create(): Cleaning {
    const { bridge } = this.#around;
    return new Cleaning(
      new Preview((input, options) => bridge.run('preview', input, options), this.#around),
      new NoiseMap((document, options) => bridge.run('noiseMap', { document }, options)),
    );
  }

  async arrive(entry: FileEntry, superseded: () => boolean): Promise<void> {
    const cleaning = cleaningOf(entry);
    if (!this.#isMeasured(cleaning)) await this.#measure(entry, cleaning);
    if (superseded()) return;
    if (!cleaning.preview.busy) this.show(entry, 0);
    const { noiseMap } = cleaning;
    if (noiseMap.wanted && noiseMap.status === 'none') noiseMap.show(entry.id);
  }

  async ahead(entry: FileEntry, signal: AbortSignal): Promise<void> {
    const cleaning = cleaningOf(entry);
    if (!this.#isMeasured(cleaning)) await this.#measure(entry, cleaning, signal);
    if (!signal.aborted && !cleaning.preview.busy) this.show(entry, 0);
  }

  show(entry: FileEntry, delay: number): void {
    const cleaning = cleaningOf(entry);
    const { preview, reading, settings } = cleaning;
    if (!entry.open || !reading || !this.#isMeasured(cleaning)) {
      if (!entry.error) this.#around.bringUp(entry);
      return;
    }
    if (changesNothing(settings, reading)) {
      preview.rest(settings);
      return;
    }
    const input = () => {
      const view = this.#around.visible();
      return {
        document: entry.id,
        settings: denoiseInput(settings, this.#around.device()),
        ...(view ? { view } : {}),
      };
    };
    const amount = amountOf(settings, reading);
    const request = { document: entry.id, settings, input, ...(amount ? { amount } : {}) };
    preview.request(request, delay);
  }

  /** Changes the settings of the selected files and shows what they make of the one in front. */
  edit(patch: Partial<CleanSettings>, gesture: string | null = null): void {
    this.#change(this.#around.selection(), patch, { what: changeWords(patch), gesture });
  }

  /** Gives half of the fine structure back, then all of it, then cleans less. */
  keepMoreDetail(): void {
    const entry = this.#around.active();
    if (!entry) return;
    const { reading, settings } = cleaningOf(entry);
    const less = Math.max(0, strengthPercent(settings, reading) - 25);
    const patch: Partial<CleanSettings> =
      settings.detail < 100
        ? { detail: Math.min(100, settings.detail + 50) }
        : settings.sigma === null
          ? { strength: 'auto', share: less }
          : { sigma: Math.floor(settings.sigma * 0.75 * 2) / 2 };
    this.#change([entry], patch, { what: say('moreDetail') });
  }

  /** As one step; each file is cleaned when it comes to the front, or is exported. */
  #change(
    entries: readonly FileEntry[],
    patch: Partial<CleanSettings>,
    about: { readonly what: string; readonly gesture?: string | null },
    delay = DEBOUNCE,
  ): void {
    const { steps } = this.#around;
    const changed = editTogether(steps, entries, cleaningOf, patch, {
      ...about,
      workspace: cleanId,
    });
    const active = this.#around.active();
    if (active && changed.includes(active)) this.show(active, delay);
  }

  settle(): void {
    this.#around.steps.settle();
  }

  layersOf(
    entry: FileEntry,
    mode: CompareMode,
  ): { readonly layer: ViewerLayer | null; readonly base: ViewerLayer | null } {
    const { kept, noiseMap, preview } = cleaningOf(entry);
    const map = this.showsMap(entry, mode) ? noiseMap.layer : null;
    if (map) return { layer: map, base: null };
    const layer = preview.shown?.layer ?? null;
    if (!kept.layer) return { layer, base: null };
    // Where nothing is cleaned the result is the original, and the kept one stands against that.
    if (!layer) return { layer: preview.status === 'nothing' ? kept.layer : null, base: null };
    return { layer: { ...layer, facts: this.resultWords(entry) }, base: kept.layer };
  }

  resultWords(entry: FileEntry): string {
    const { shown } = cleaningOf(entry).preview;
    if (!shown) return '';
    const model = shown.facts?.model.id ?? shown.settings.model;
    return labelWords(shown.settings, this.#around.modelTitle(model));
  }

  aside(entry: FileEntry): ReturnType<NonNullable<Desk['aside']>> {
    const { again } = cleaningOf(entry).kept;
    return again.busy ? { text: say('makingKept'), progress: again.progress } : null;
  }

  /** True when the noise map stands, or will stand, in the place of the cleaned picture. */
  showsMap(entry: FileEntry, mode: CompareMode): boolean {
    return (mode === 'split' || mode === 'side') && cleaningOf(entry).noiseMap.wanted;
  }

  /** Shows or leaves the noise map of the file in front, compared with the original. */
  toggleMap(bench: Workbench): void {
    const entry = this.#around.active();
    if (!entry || this.escape(bench.mode)) return;
    if (bench.mode !== 'side') bench.mode = 'split';
    cleaningOf(entry).noiseMap.show(entry.id);
  }

  escape(mode: CompareMode): boolean {
    const entry = this.#around.active();
    if (!entry || !this.showsMap(entry, mode)) return false;
    cleaningOf(entry).noiseMap.hide();
    return true;
  }

  stripState(entry: FileEntry): Said {
    return cleanStripState(entry);
  }

  pictureState(entry: FileEntry): Said {
    return pictureState(entry);
  }

  progressWords({ done, total }: { done: number; total: number }): { label: string; text: string } {
    const isPlane = (this.#around.active()?.plane ?? null) !== null;
    return isPlane
      ? { label: say('cleanedSlices'), text: say('cleaningSlices', { done, total }) }
      : { label: say('cleanedTiles'), text: say('cleaningTiles', { done, total }) };
  }

  copy(entry: FileEntry): string {
    const { settings } = cleaningOf(entry);
    this.#copied = settings;
    return settingsToText(settings);
  }

  get canPaste(): boolean {
    return this.#copied !== null;
  }

  paste(text: string, entries: readonly FileEntry[]): boolean {
    const settings = settingsFromText(text) ?? this.#copied;
    if (!settings) return false;
    this.#copied = settings;
    this.give(settings, entries);
    return true;
  }

  textOf(entry: FileEntry): string {
    return settingsToText(cleaningOf(entry).settings);
  }

  recall(entry: FileEntry, text: string): boolean {
    const settings = this.#installed(text);
    if (settings) cleaningOf(entry).put(settings);
    return settings !== null;
  }

  /** Settings as they were kept; a network that was removed since then gives way to the automatic choice. */
  #installed(text: string): CleanSettings | null {
    const settings = settingsFromText(text);
    if (!settings || settings.model === automaticModel) return settings;
    return this.#around.hasModel(settings.model)
      ? settings
      : { ...settings, model: automaticModel };
  }

  /** Gives settings to files. */
  give(settings: CleanSettings, entries: readonly FileEntry[]): void {
    this.#change(entries, settings, { what: say('pastedSettings') }, 0);
  }

  giveText(text: string, entries: readonly FileEntry[], what: string): boolean {
    const settings = this.#installed(text);
    if (settings) this.#change(entries, settings, { what }, 0);
    return settings !== null;
  }

  reset(): void {
    this.#change(this.#around.selection(), defaultSettings, { what: say('resetSettings') });
  }

  isReset(entry: FileEntry): boolean {
    return sameSettings(cleaningOf(entry).settings, defaultSettings);
  }

  settingsWords(entry: FileEntry): string {
    return settingsWords(cleaningOf(entry).settings);
  }

  usesModel(entry: FileEntry, id: string): boolean {
    return cleaningOf(entry).settings.model === id;
  }

  useModel(entry: FileEntry, id: string): void {
    this.#change([entry], { model: id }, { what: say('model') });
  }

  /** Pictures that used it are cleaned with the automatic choice. */
  modelGone(id: string): void {
    for (const entry of this.#around.entries()) {
      if (this.usesModel(entry, id)) this.useModel(entry, automaticModel);
    }
  }

  /** At a level that is given it does not matter whose noise was measured. */
  #isMeasured({ reading, measured, settings }: Cleaning): boolean {
    return reading !== null && (settings.sigma !== null || measured === settings.levelOf);
  }

  async #measure(entry: FileEntry, cleaning: Cleaning, until?: AbortSignal): Promise<void> {
    const { id: document } = entry;
    const { levelOf } = cleaning.settings;
    const signal = until ? AbortSignal.any([entry.signal, until]) : entry.signal;
    cleaning.measuring = true;
    try {
      cleaning.reading = await this.#around.bridge.run(
        'measure',
        { document, levelOf },
        { signal },
      );
      cleaning.measured = levelOf;
    } finally {
      cleaning.measuring = false;
    }
  }
}

export const cleanDeskOf = (session: Session): CleanDesk => session.deskOf(cleanId, CleanDesk);

const [action, ...actions] = denoiseActions;

export const cleanLogic: WorkspaceLogic = {
  id: cleanId,
  action,
  actions,
  open: (around) => new CleanDesk(around),
};
