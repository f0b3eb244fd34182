/** What is remembered between sessions, read once and written back after each change. */
import { retainable, transferSyntaxes } from '../../app/contract/dicom-object.ts';
import { outputFormats } from '../../app/contract/formats.ts';
import type {
  DeviceChoice,
  HostBridge,
  OutputPreferences,
  Preferences,
  Preset,
} from '../../app/contract/index.ts';
import { placeIds, places, type PlaceId } from '../../app/contract/places.ts';
import { shippedTags, type ShippedLanguage } from '../../app/contract/sentences/languages.ts';
import { say } from './sentences.ts';
import { nameProblem, usualOutputs, type OutputChoice, type OutputChoices } from './output.ts';

export type Theme = 'dark' | 'light' | 'system';
/** What hosts speak from their next start on. */
export type LanguageChoice = 'system' | ShippedLanguage;

/** Changes within this time are written together, milliseconds. */
const SAVE_AFTER = 300;

/** Limits of the inspector's width, rem of 16 px. */
export const inspectorWidths = { min: 15, usual: 18.75, max: 30 } as const;

const formats = ['keep', ...outputFormats] as const;
const depths = ['keep', '8', '16'] as const;
const strips = ['nothing', 'location', 'all'] as const;
const devices = ['auto', 'cpu', 'webgpu', 'dml', 'coreml', 'cuda'] as const;
const oneOf = <const T>(values: readonly T[], value: unknown, otherwise: T): T =>
  values.find((known) => known === value) ?? otherwise;

export class PreferenceStore {
  theme = $state<Theme>('dark');
  language = $state<LanguageChoice>('system');
  device = $state<DeviceChoice>('auto');
  presets = $state.raw<readonly Preset[]>([]);
  /** Settings are remembered with each photo. */
  rememberPhotos = $state(true);
  /** The three first steps need not be shown. */
  tourDone = $state(true);
  /** Once in a month the window asks whether it shall look for a newer version. */
  remindUpdates = $state(false);
  /** Address of the archive that is sent to, where it is to be remembered; null: it is not. */
  archive = $state<string | null>(null);
  /** How files of each place are written. */
  outputs = $state.raw<OutputChoices>(usualOutputs);
  inspector = $state(true);
  filmstrip = $state(true);
  inspectorWidth = $state<number>(inspectorWidths.usual);
  /** Why the last change could not be remembered; null: it was. */
  problem = $state.raw<string | null>(null);

  readonly #bridge: Pick<HostBridge, 'loadPreferences' | 'savePreferences'>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(bridge: Pick<HostBridge, 'loadPreferences' | 'savePreferences'>) {
    this.#bridge = bridge;
  }

  /** Values that are missing or unknown (an older or newer file) fall back to the defaults. */
  async load(): Promise<void> {
    let found: Preferences;
    try {
      found = await this.#bridge.loadPreferences();
    } catch {
      // A file that can not be read is the same as none: the next change writes a new one.
      return;
    }
    this.#assign(found);
  }

  /** All of it, as it is remembered. */
  get all(): Preferences {
    return {
      theme: this.theme,
      ...(this.language === 'system' ? {} : { language: this.language }),
      device: this.device,
      rememberPhotos: this.rememberPhotos,
      tourDone: this.tourDone,
      presets: [...this.presets],
      ...(this.remindUpdates ? { remindUpdates: true } : {}),
      ...(this.archive === null ? {} : { archive: this.archive }),
      ...ofEach((id) => remembered(id, this.outputs[id])),
      panels: {
        inspectorWidth: this.inspectorWidth,
      },
    };
  }

  /** Settings of a file: what it does not have stays, and so do presets, and folders of this machine. */
  take(given: Preferences): void {
    const { all } = this;
    const places = Object.fromEntries(
      placeIds.map((id) => {
        const folder = all[id]?.folder;
        const own = given[id] ?? all[id];
        return [id, folder === undefined ? own : { ...own, folder }];
      }),
    );
    this.#assign({ ...all, ...given, ...places, presets: all.presets });
    this.set({});
  }

  #assign(found: Preferences): void {
    const { panels } = found;
    this.theme = oneOf(['dark', 'light', 'system'], found.theme, 'dark');
    this.language = oneOf(['system', ...shippedTags], found.language, 'system');
    this.device = oneOf(devices, found.device, 'auto');
    this.presets = (found.presets ?? []) as readonly Preset[];
    this.rememberPhotos = found.rememberPhotos ?? true;
    this.tourDone = found.tourDone ?? false;
    this.remindUpdates = found.remindUpdates ?? false;
    this.archive = found.archive ?? null;
    this.outputs = ofEach((id) => restored(id, found[id]));
    // Panels that were hidden for a look at the picture are there at the next start: with them the Export button.
    this.inspectorWidth = clamp(
      panels?.inspectorWidth ?? inspectorWidths.usual,
      inspectorWidths.min,
      inspectorWidths.max,
    );
  }

  set(
    change: Partial<
      Pick<
        PreferenceStore,
        | 'theme'
        | 'language'
        | 'device'
        | 'rememberPhotos'
        | 'tourDone'
        | 'presets'
        | 'archive'
        | 'remindUpdates'
        | 'outputs'
        | 'inspector'
        | 'filmstrip'
        | 'inspectorWidth'
      >
    >,
  ): void {
    Object.assign(this, change);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), SAVE_AFTER);
  }

  /** Changes how files of one place are written. */
  setOutput(place: PlaceId, change: Partial<OutputChoice>): void {
    this.set({ outputs: { ...this.outputs, [place]: { ...this.outputs[place], ...change } } });
  }

  async #save(): Promise<void> {
    try {
      await this.#bridge.savePreferences(this.all);
      this.problem = null;
    } catch {
      this.problem = say('changeCouldNotRememberedFor');
    }
  }
}

const ofEach = <T>(make: (id: PlaceId) => T): Readonly<Record<PlaceId, T>> =>
  Object.fromEntries(placeIds.map((id) => [id, make(id)])) as Record<PlaceId, T>;

function restored(place: PlaceId, found: OutputPreferences | undefined): OutputChoice {
  const usual = usualOutputs[place];
  const name = found?.out;
  return {
    format: oneOf(formats, found?.format, usual.format),
    depth: oneOf(depths, found?.depth, usual.depth),
    quality: clamp(found?.quality ?? usual.quality, 1, 100),
    name: name !== undefined && nameProblem(name, place) === null ? name : usual.name,
    folder: found?.folder ?? null,
    maxSide: found?.maxSide === undefined ? null : clamp(Math.round(found.maxSide), 16, 65_535),
    maxBytes:
      found?.maxBytes === undefined
        ? null
        : clamp(Math.round(found.maxBytes), 1, Number.MAX_SAFE_INTEGER),
    srgb: found?.srgb ?? false,
    strip: oneOf(strips, found?.strip, 'nothing'),
    values: oneOf(['stored', 'seen'], found?.values, 'stored'),
    transferSyntax: oneOf(transferSyntaxes, found?.transferSyntax, usual.transferSyntax),
    deidentify: found?.deidentify ?? false,
    retain: retainable.filter((one) => found?.retain?.includes(one)),
  };
}

/** A name that can not be used yet is still being typed. */
const remembered = (
  place: PlaceId,
  { name, folder, maxSide, maxBytes, ...format }: OutputChoice,
): OutputPreferences => ({
  ...(places[place].choosesFormat
    ? format
    : format.format === 'keep'
      ? {}
      : { format: format.format }),
  ...(maxSide === null ? {} : { maxSide }),
  ...(maxBytes === null ? {} : { maxBytes }),
  ...(nameProblem(name, place) === null ? { out: name } : {}),
  ...(folder === null ? {} : { folder }),
});

const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));
