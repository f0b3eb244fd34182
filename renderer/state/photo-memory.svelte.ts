/**
 * Settings that stay with a photo across starts: what was changed is handed to the host a moment later, and what the host
 * remembers of a photo that arrives is given to it before anything is made of it.
 */
import type { PhotoSettings, PhotoSettingsDoor } from '../../app/contract/index.ts';
import { toHourglassError } from '../../app/contract/errors.ts';
import type { FileEntry } from './entry.svelte.ts';
import { say } from './sentences.ts';
import type { Desk } from './workspace.ts';

type Desks = ReadonlyMap<string, Desk>;

/** Changes within this time are handed over together, milliseconds. */
const KEEP_AFTER = 400;

export interface PhotoMemorySurroundings {
  /** A person wants settings to be remembered. */
  readonly on: () => boolean;
  /** These photos have arrived with settings of their own. */
  readonly recalled: (entries: readonly FileEntry[]) => void;
}

export class PhotoMemory {
  /** Of how many photos something is remembered; null: not known yet. */
  count = $state.raw<number | null>(null);
  /** Why the last settings could not be remembered, or forgotten; null: they were. */
  problem = $state.raw<string | null>(null);

  readonly #door: PhotoSettingsDoor;
  readonly #around: PhotoMemorySurroundings;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it
  readonly #changed = new Map<FileEntry, Desks>();
  /** Told together when many files come in one after the other. */
  #arrived: FileEntry[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tellTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(door: PhotoSettingsDoor, around: PhotoMemorySurroundings) {
    this.#door = door;
    this.#around = around;
  }

  /** Gives photos that arrive what is remembered of them; what a person has set meanwhile stays. */
  recall(
    photos: readonly { readonly entry: FileEntry; readonly settings: PhotoSettings | undefined }[],
    desks: Desks,
  ): void {
    if (!this.#around.on()) return;
    for (const { entry, settings = {} } of photos) {
      const given = [...desks].filter(([id, desk]) => {
        const text = settings[id];
        return text !== undefined && desk.isReset(entry) && desk.recall?.(entry, text);
      });
      if (given.length > 0) this.#arrived.push(entry);
    }
    if (this.#arrived.length === 0) return;
    clearTimeout(this.#tellTimer);
    this.#tellTimer = setTimeout(() => this.#around.recalled(this.#arrived.splice(0)), KEEP_AFTER);
  }

  /** Settings of these photos were changed. */
  changed(entries: readonly FileEntry[], desks: Desks): void {
    for (const entry of entries) this.#changed.set(entry, desks);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#keep(), KEEP_AFTER);
  }

  async #keep(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    if (!this.#around.on()) return;
    const photos = changed.flatMap(([entry, desks]) => {
      const { source } = entry;
      // Still on its way: as soon as the host has it.
      if (source === null)
        void entry.admitted.then(
          () => this.changed([entry], desks),
          () => undefined,
        );
      return source === null ? [] : [{ source, settings: ownSettings(entry, desks) }];
    });
    if (photos.length > 0) await this.#try(() => this.#door.keep(photos));
  }

  async look(): Promise<void> {
    await this.#try(async () => {
      this.count = await this.#door.count();
    });
  }

  /** Forgets what is remembered of all photos; what is in the strip stays as it is. */
  async forget(): Promise<void> {
    await this.#try(() => this.#door.forget());
    await this.look();
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.problem = null;
    } catch (error) {
      this.problem = say('settingsNotRemembered', { why: toHourglassError(error).message });
    }
  }
}

/** By workspace. */
const ownSettings = (entry: FileEntry, desks: Desks): PhotoSettings =>
  Object.fromEntries(
    [...desks].flatMap(([id, desk]) => {
      const text = desk.isReset(entry) ? undefined : desk.textOf?.(entry);
      return text === undefined ? [] : [[id, text]];
    }),
  );
