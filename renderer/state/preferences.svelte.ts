/** What is remembered between sessions, read once and written back after each change. */
import { outputFormats } from '../../app/contract/formats.ts';
import type {
  DeviceChoice,
  HostBridge,
  OutputPreferences,
  Preferences,
} from '../../app/contract/index.ts';
import {
  defaultDecoded,
  defaultLatent,
  defaultOutput,
  nameProblem,
  type OutputChoice,
  type PlaceChoice,
} from './output.ts';

export type Theme = 'dark' | 'light' | 'system';

/** Changes within this time are written together, milliseconds. */
const SAVE_AFTER = 300;

/** Limits of the inspector's width, rem of 16 px. */
export const inspectorWidths = { min: 15, usual: 18.75, max: 30 } as const;

const formats = ['keep', ...outputFormats] as const;
const depths = ['keep', '8', '16'] as const;
const devices = ['auto', 'cpu', 'webgpu', 'dml', 'coreml', 'cuda'] as const;
const oneOf = <const T>(values: readonly T[], value: unknown, otherwise: T): T =>
  values.find((known) => known === value) ?? otherwise;

export class PreferenceStore {
  theme = $state<Theme>('dark');
  device = $state<DeviceChoice>('auto');
  output = $state.raw<OutputChoice>(defaultOutput);
  /** Of latent files, and of the pictures that are made out of them. */
  latent = $state.raw<PlaceChoice>(defaultLatent);
  decoded = $state.raw<OutputChoice>(defaultDecoded);
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
    const { panels } = found;
    this.theme = oneOf(['dark', 'light', 'system'], found.theme, 'dark');
    this.device = oneOf(devices, found.device, 'auto');
    this.output = restored(found.output, defaultOutput);
    this.latent = {
      name: nameOr(defaultLatent.name, found.latent?.out, true),
      folder: found.latent?.folder ?? null,
    };
    this.decoded = restored(found.decoded, defaultDecoded);
    this.inspector = panels?.inspector ?? true;
    this.filmstrip = panels?.filmstrip ?? true;
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
        | 'device'
        | 'output'
        | 'latent'
        | 'decoded'
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

  async #save(): Promise<void> {
    const { name, folder } = this.latent;
    try {
      await this.#bridge.savePreferences({
        theme: this.theme,
        device: this.device,
        output: remembered(this.output),
        latent: {
          ...(nameProblem(name, true) === null ? { out: name } : {}),
          ...(folder === null ? {} : { folder }),
        },
        decoded: remembered(this.decoded),
        panels: {
          inspector: this.inspector,
          filmstrip: this.filmstrip,
          inspectorWidth: this.inspectorWidth,
        },
      });
      this.problem = null;
    } catch {
      this.problem = 'This change could not be remembered for the next start.';
    }
  }
}

const nameOr = (otherwise: string, name: string | undefined, mayKeep = false): string =>
  name !== undefined && nameProblem(name, mayKeep) === null ? name : otherwise;

const restored = (found: OutputPreferences | undefined, otherwise: OutputChoice): OutputChoice => ({
  format: oneOf(formats, found?.format, otherwise.format),
  depth: oneOf(depths, found?.depth, otherwise.depth),
  quality: clamp(found?.quality ?? otherwise.quality, 1, 100),
  name: nameOr(otherwise.name, found?.out),
  folder: found?.folder ?? null,
});

/** A name that can not be used yet is still being typed. */
const remembered = ({ name, folder, ...choice }: OutputChoice): OutputPreferences => ({
  ...choice,
  ...(nameProblem(name) === null ? { out: name } : {}),
  ...(folder === null ? {} : { folder }),
});

const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));
