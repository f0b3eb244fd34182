/**
 * Settings under a name: saved, applied to the selection, renamed, deleted, and given by themselves to photos of a camera or from an ISO
 * on, where a photo has no settings of its own. What the settings say is their workspace's to know.
 */
import type { DocumentInfo, Preset, PresetUse } from '../../app/contract/index.ts';
import { longestPresetName, mostPresets, presetFileText } from '../../app/contract/presets.ts';
import type { FileEntry } from './entry.svelte.ts';
import { say } from './sentences.ts';
import type { Desk } from './workspace.ts';

type Capture = Pick<DocumentInfo, 'camera' | 'iso'>;

export interface PresetsSurroundings {
  /** Where they are kept. */
  readonly kept: { readonly presets: readonly Preset[]; set(change: { presets: Preset[] }): void };
  readonly tell: (text: string) => void;
}

export class Presets {
  readonly #around: PresetsSurroundings;
  /** Photos that a preset was looked for already: once each. */
  readonly #seen = new WeakSet<FileEntry>();

  constructor(around: PresetsSurroundings) {
    this.#around = around;
  }

  get all(): readonly Preset[] {
    return this.#around.kept.presets;
  }

  /** In the order of their names. */
  of(workspace: string): readonly Preset[] {
    return this.all
      .filter((preset) => preset.workspace === workspace)
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** The one whose settings these are; null: none. */
  current(workspace: string, text: string): Preset | null {
    return this.of(workspace).find((preset) => preset.settings === text) ?? null;
  }

  /** Why a preset can not have this name; null: it can. @param except the one that has it may keep it */
  problem(workspace: string, name: string, except: Preset | null = null): string | null {
    const wanted = name.trim();
    if (wanted === '') return say('presetNameEmpty');
    if (wanted.length > longestPresetName)
      return say('presetNameTooLong', { most: longestPresetName });
    if (/\p{Cc}/u.test(wanted)) return say('presetNameOdd');
    const taken = this.#named(workspace, wanted);
    return taken && taken !== except ? say('presetNameTaken', { name: taken.name }) : null;
  }

  /** True when saving under this name would replace a preset. */
  replaces(workspace: string, name: string): boolean {
    return this.#named(workspace, name.trim()) !== undefined;
  }

  /** Saves settings; one of the same name is replaced, and keeps what it is used for. Returns why it can not; null: it was. */
  save(workspace: string, name: string, settings: string): string | null {
    const before = this.#named(workspace, name.trim()) ?? null;
    const problem = this.problem(workspace, name, before);
    if (problem !== null) return problem;
    if (!before && this.all.length >= mostPresets) return say('presetsFull', { most: mostPresets });
    const preset: Preset = { ...before, workspace, name: name.trim(), settings };
    this.#put([...this.all.filter((other) => other !== before), preset]);
    this.#around.tell(say('presetSaved', { preset: preset.name }));
    return null;
  }

  /** Returns why it can not have this name; null: it has. */
  rename(preset: Preset, name: string): string | null {
    const problem = this.problem(preset.workspace, name, preset);
    if (problem === null) this.#replace(preset, { ...preset, name: name.trim() });
    return problem;
  }

  remove(preset: Preset): void {
    this.#put(this.all.filter((other) => other !== preset));
    this.#around.tell(say('presetDeleted', { preset: preset.name }));
  }

  /** All of them as a file; see `saveFile` of the bridge. */
  get asFile(): string {
    return presetFileText(this.all);
  }

  /**
   * Adds presets of a file. One that is there already is left out, one whose name is taken by other settings gets a number, and
   * nothing that is there changes.
   * @param workspaces whose presets are known here
   * @returns what is to be said of it
   * @throws HourglassError as `presetsFromText`
   */
  async take(name: string, text: string, workspaces: readonly string[]): Promise<string> {
    const { presetsFromText } = await import('./own-files.ts');
    const words = say('presetsTaken', {
      name,
      ...this.add(presetsFromText(name, text), workspaces),
    });
    this.#around.tell(words);
    return words;
  }

  /** @returns how many were added, were there already, and were left out */
  add(
    given: readonly Preset[],
    workspaces: readonly string[],
  ): { readonly added: number; readonly known: number; readonly left: number } {
    const all = [...this.all];
    const counts = { added: 0, known: 0, left: 0 };
    for (const preset of given) {
      const own = all.filter(({ workspace }) => workspace === preset.workspace);
      const same = (wanted: string) => (one: Preset) =>
        one.name.toLowerCase() === wanted.toLowerCase();
      if (own.some((one) => same(preset.name)(one) && one.settings === preset.settings))
        counts.known += 1;
      else if (!workspaces.includes(preset.workspace) || all.length >= mostPresets)
        counts.left += 1;
      else {
        let free = preset.name;
        for (let number = 2; own.some(same(free)); number++)
          free = `${preset.name.slice(0, longestPresetName - 5)} (${number})`;
        const isUsed = preset.use && own.some(({ use }) => sameUse(use, preset.use!));
        all.push({ ...(isUsed ? without(preset) : preset), name: free });
        counts.added += 1;
      }
    }
    if (counts.added > 0) this.#put(all);
    return counts;
  }

  /** What a preset is given to by itself; null: nothing. Another one that was used for the same is not any more. */
  useFor(preset: Preset, use: PresetUse | null): void {
    this.#put(
      this.all.map((other) => {
        if (other === preset) return use ? { ...without(other), use } : without(other);
        const same = use && other.workspace === preset.workspace && sameUse(other.use, use);
        return same ? without(other) : other;
      }),
    );
  }

  /** Gives a preset to files, as one step that can be undone. */
  apply(preset: Preset, desk: Desk, entries: readonly FileEntry[]): void {
    const { name, settings } = preset;
    const about = { preset: name, count: entries.length, name: entries[0]?.name ?? '' };
    const given = desk.giveText?.(settings, entries, say('presetStep', { preset: name })) ?? false;
    this.#around.tell(say(given ? 'presetApplied' : 'presetNotUnderstood', about));
  }

  /** True while a photo that nobody has looked at may get a preset when it is opened. */
  awaits(entry: FileEntry): boolean {
    return !this.#seen.has(entry) && this.all.some(({ use }) => use !== undefined);
  }

  /** A photo is open for the first time: gives it what is used for its camera and ISO. Returns whether there was anything. */
  arrive(entry: FileEntry, desks: ReadonlyMap<string, Desk>): boolean {
    const { info } = entry;
    if (!info || this.#seen.has(entry)) return false;
    this.#seen.add(entry);
    const given = [...desks].filter(([workspace, desk]) => {
      const preset = mostSpecific(this.of(workspace), info);
      if (!preset?.use || !desk.isReset(entry) || !desk.recall?.(entry, preset.settings))
        return false;
      const about = { preset: preset.name, name: entry.name, use: useWords(preset.use) };
      this.#around.tell(say('presetByItself', about));
      return true;
    });
    return given.length > 0;
  }

  #named(workspace: string, name: string): Preset | undefined {
    const lower = name.toLowerCase();
    return this.of(workspace).find((preset) => preset.name.toLowerCase() === lower);
  }

  #replace(preset: Preset, next: Preset): void {
    this.#put(this.all.map((other) => (other === preset ? next : other)));
  }

  #put(presets: Preset[]): void {
    this.#around.kept.set({ presets });
  }
}

/** The same preset, given to nothing by itself. */
const without = ({ workspace, name, settings }: Preset): Preset => ({ workspace, name, settings });

const sameUse = (a: PresetUse | undefined, b: PresetUse): boolean =>
  a !== undefined && a.camera === b.camera && a.iso === b.iso;

/** The preset that is used for a photo: one of its camera before others, then the highest ISO that it reaches. null: none. */
export function mostSpecific(presets: readonly Preset[], { camera, iso }: Capture): Preset | null {
  const fitting = presets.filter(
    ({ use }) =>
      use !== undefined &&
      (use.camera === undefined || use.camera === camera) &&
      (use.iso === undefined || (iso !== null && iso >= use.iso)),
  );
  const rank = ({ use }: Preset): readonly [number, number] => [
    use?.camera === undefined ? 0 : 1,
    use?.iso ?? 0,
  ];
  const [best] = fitting.sort((a, b) => rank(b)[0] - rank(a)[0] || rank(b)[1] - rank(a)[1]);
  return best ?? null;
}

/** For what a preset can be used, as this photo tells; the most specific first. */
export function usesOf(info: Capture | null): readonly PresetUse[] {
  const { camera, iso } = info ?? { camera: undefined, iso: null };
  return [
    ...(camera !== undefined && iso !== null ? [{ camera, iso }] : []),
    ...(camera !== undefined ? [{ camera }] : []),
    ...(iso !== null ? [{ iso }] : []),
  ];
}

export const useWords = ({ camera, iso }: PresetUse): string =>
  say('presetUse', {
    way: camera === undefined ? 'iso' : iso === undefined ? 'camera' : 'both',
    camera: camera ?? '',
    iso: iso ?? 0,
  });
