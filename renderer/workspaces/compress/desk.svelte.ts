/**
 * The order of work when a file is looked at to be compressed: first the picture at the settings, then
 * what it is compared with, then the curve of sizes. What is newly asked for goes before all that runs.
 */
import { latentActions, type LatentInfo, type PeerFormat } from '../../../app/contract/latent.ts';
import type { ViewerLayer } from '../../viewer/types.ts';
import type { CompareMode } from '../../viewer/types.ts';
import { editTogether } from '../../state/edited.svelte.ts';
import type { FileEntry } from '../../state/entry.svelte.ts';
import { percent } from '../../state/format.ts';
import type { Session } from '../../state/session.svelte.ts';
import type { Said } from '../../state/words.ts';
import type { Desk, Surroundings, WorkspaceLogic, Writing } from '../../state/workspace.ts';
import { Compression, compressId, compressionOf } from './compression.svelte.ts';
import { isLatent, isLatentEntry } from './latent.ts';
import { compressPlan } from './plan.ts';
import { qualityBelow } from './rate.ts';
import {
  awaitsConsent,
  compressFromText,
  compressToText,
  defaultCompress,
  isUsual,
  sameCompress,
  usualCodec,
  type CompressSettings,
} from './settings.ts';
import {
  changeWords,
  compressedState,
  compressStripState,
  labelWords,
  settingsWords,
} from './words.ts';
import { say } from './sentences.ts';

/** Further changes within this time join the work that is about to start, milliseconds. */
const DEBOUNCE = 220;

/** What is copied and pasted: that a scan may lose accuracy is said for each. */
type Copied = Omit<CompressSettings, 'scans'>;

export class CompressDesk implements Desk {
  readonly invitation = say('dropPhotosHereAndSee');
  readonly becomes = say('becomesCompressed');
  /** What stands left of the divider; null: the original. The same for all files. */
  peerFormat = $state<PeerFormat | null>(null);
  /** A kept result stands there instead, where a file has one. */
  againstKept = $state(true);

  readonly writing: Writing = {
    placeOf: (entry) => (entry && isLatentEntry(entry) ? 'decoded' : 'latent'),
    plan: (entry, { outputs, device }) =>
      compressPlan(outputs.latent, outputs.decoded, device)(entry),
  };
  readonly #around: Surroundings;
  /** Settings that were copied last. */
  #copied = $state.raw<Copied | null>(null);

  constructor(around: Surroundings) {
    this.#around = around;
  }

  create(): Compression {
    const { bridge } = this.#around;
    return new Compression(
      (input, options) => bridge.run('compress', input, options),
      this.#around,
    );
  }

  arrive(entry: FileEntry): Promise<void> {
    if (!compressionOf(entry).result.busy) this.show(entry, 0);
    return Promise.resolve();
  }

  claims(entry: FileEntry): boolean {
    return isLatentEntry(entry);
  }

  /** Changes the settings of the selected files and shows what they make of the one in front. */
  edit(patch: Partial<CompressSettings>, gesture: string | null = null): void {
    this.#change(this.#around.selection(), patch, { what: changeWords(patch), gesture });
  }

  /** The network that compresses the file in front. */
  useModel(entry: FileEntry, model: string): void {
    this.#change([entry], { model }, { what: changeWords({ model }) });
  }

  /** Photos that used it are compressed with the usual one. */
  modelGone(id: string): void {
    for (const entry of this.#around.entries())
      if (compressionOf(entry).settings.model === id) this.useModel(entry, usualCodec);
  }

  /** That a scan may lose accuracy is said for each, whatever else is selected. */
  consent(scans: boolean): void {
    const active = this.#around.active();
    if (active) this.#change([active], { scans }, { what: say('consentWords') });
  }

  /** As one step; each file is compressed when it comes to the front, or is exported. */
  #change(
    entries: readonly FileEntry[],
    patch: Partial<CompressSettings>,
    about: { readonly what: string; readonly gesture?: string | null },
    delay = DEBOUNCE,
  ): void {
    const { steps } = this.#around;
    const pictures = entries.filter((entry) => !isLatentEntry(entry));
    const changed = editTogether(steps, pictures, compressionOf, patch, {
      ...about,
      workspace: compressId,
    });
    const active = this.#around.active();
    if (active && changed.includes(active)) this.show(active, delay);
  }

  settle(): void {
    this.#around.steps.settle();
  }

  /** Makes what is on the screen agree with the settings of the file in front. */
  show(entry: FileEntry, delay: number): void {
    if (entry !== this.#around.active() || entry.error) return;
    if (!entry.open) return this.#around.bringUp(entry);
    const compression = compressionOf(entry);
    if (isLatent(entry.info)) return this.#readFacts(entry);
    if (compression.curve.status === 'failed') compression.curve.lose();
    if (awaitsConsent(entry.info, compression.settings)) {
      compression.result.rest(compression.settings);
      return;
    }
    compression.result.onfinal = () => this.#finished(entry);
    compression.stopAsides();
    this.#request(entry, delay);
  }

  /** Another format, or the kept result, takes the original's place; null: the original again. */
  compareWith(format: PeerFormat | 'kept' | null): void {
    this.againstKept = format === 'kept';
    this.peerFormat = format === 'kept' ? null : format;
    const entry = this.#around.active();
    if (!entry) return;
    compressionOf(entry).stopAsides();
    this.#follow(entry);
  }

  showKept(): void {
    this.compareWith('kept');
  }

  /** What stands left of the divider of a file; null: the original. */
  baseOf(entry: FileEntry): ViewerLayer | null {
    const { base, kept, peer, result } = compressionOf(entry);
    if (this.againstKept && kept.layer && result.shown) return kept.layer;
    return peer.facts?.format === this.peerFormat && result.shown ? base : null;
  }

  /** Tries again what failed beside the picture: the curve, or the other format. */
  retry(entry: FileEntry): void {
    const { curve, facts, peer } = compressionOf(entry);
    for (const answer of [curve, facts, peer]) if (answer.status === 'failed') answer.lose();
    if (isLatent(entry.info)) this.#readFacts(entry);
    else this.#follow(entry);
  }

  layersOf(
    entry: FileEntry,
    _mode: CompareMode,
  ): {
    readonly layer: ViewerLayer | null;
    readonly base: ViewerLayer | null;
  } {
    const { kept, result } = compressionOf(entry);
    const layer = result.shown?.layer ?? null;
    const base = this.baseOf(entry);
    const beside = layer !== null && base !== null && base === kept.layer;
    return { layer: beside ? { ...layer, facts: this.resultWords(entry) } : layer, base };
  }

  resultWords(entry: FileEntry): string {
    const { shown } = compressionOf(entry).result;
    if (!shown?.facts) return '';
    return labelWords(shown.settings, shown.facts, this.#around.modelTitle(shown.settings.model));
  }

  aside(entry: FileEntry): ReturnType<NonNullable<Desk['aside']>> {
    const { curve, kept, peer } = compressionOf(entry);
    const { again } = kept;
    if (again.busy) return { text: say('makingKept'), progress: again.progress };
    if (peer.busy) return { text: say('makingOtherFormat'), progress: peer.progress };
    return curve.busy ? { text: say('measuringSizes'), progress: curve.progress } : null;
  }

  stopAsides(entry: FileEntry): void {
    compressionOf(entry).stopAsides();
  }

  stripState(entry: FileEntry): Said {
    return compressStripState(entry);
  }

  pictureState(entry: FileEntry): Said {
    return compressedState(entry);
  }

  progressWords({ done, total }: { done: number; total: number }): { label: string; text: string } {
    return {
      label: say('compressing'),
      text: say('compressingPercent', { percent: percent((done / total) * 100) }),
    };
  }

  exportHint(entry: FileEntry): string | null {
    return awaitsConsent(entry.info, compressionOf(entry).settings)
      ? say('switchOnAllowLoss', { what: entry.info?.content.family ?? '' })
      : null;
  }

  copy(entry: FileEntry): string {
    const { settings } = compressionOf(entry);
    const { quality, size, clean, model } = settings;
    this.#copied = { quality, size, clean, model };
    return compressToText(settings);
  }

  get canPaste(): boolean {
    return this.#copied !== null;
  }

  paste(text: string, entries: readonly FileEntry[]): boolean {
    const settings = compressFromText(text) ?? this.#copied;
    if (!settings) return false;
    this.#copied = settings;
    this.#change(entries, settings, { what: say('pastedSettings') }, 0);
    return true;
  }

  textOf(entry: FileEntry): string {
    return compressToText(compressionOf(entry).settings);
  }

  recall(entry: FileEntry, text: string): boolean {
    const settings = this.#installed(text);
    if (settings) compressionOf(entry).put(settings);
    return settings !== null;
  }

  /** Settings as they were kept; a network that was removed since then gives way to the usual one. */
  #installed(text: string): Copied | null {
    const settings = compressFromText(text);
    if (!settings || settings.model === usualCodec) return settings;
    return this.#around.hasModel(settings.model) ? settings : { ...settings, model: usualCodec };
  }

  giveText(text: string, entries: readonly FileEntry[], what: string): boolean {
    const settings = this.#installed(text);
    if (settings) this.#change(entries, settings, { what }, 0);
    return settings !== null;
  }

  /** True when all open files are compressed with the same settings. */
  get alike(): boolean {
    const active = this.#around.active();
    if (!active) return true;
    const { settings } = compressionOf(active);
    return this.#around
      .entries()
      .every((entry) => sameCompress(compressionOf(entry).settings, settings));
  }

  reset(): void {
    // The word that a scan may lose accuracy is no setting that a reset takes back.
    const { quality, size, clean, model } = defaultCompress;
    this.#change(
      this.#around.selection(),
      { quality, size, clean, model },
      { what: say('resetSettings') },
    );
  }

  settingsWords(entry: FileEntry): string {
    const { settings } = compressionOf(entry);
    return settingsWords(settings, this.#around.modelTitle(settings.model));
  }

  isReset(entry: FileEntry): boolean {
    return isUsual(compressionOf(entry).settings);
  }

  #request(entry: FileEntry, delay: number): void {
    const compression = compressionOf(entry);
    const { settings } = compression;
    const { quality, size, scans } = settings;
    const coded = codedBy(settings);
    // The search begins where the curve says that it ends.
    const first = size === null ? quality : (qualityBelow(compression.points, size + 1) ?? quality);
    const target = size === null ? { quality } : { quality: first, size };
    const input = () => {
      const view = this.#around.visible();
      const device = this.#around.device();
      return {
        ...{ document: entry.id, ...target, ...coded, scans, device },
        ...(view ? { view } : {}),
      };
    };
    compression.result.request({ document: entry.id, settings, input }, delay);
  }

  #finished(entry: FileEntry): void {
    const compression = compressionOf(entry);
    const { shown } = compression.result;
    if (!shown?.facts) return;
    compression.learn(shown.settings, shown.facts);
    this.#follow(entry);
  }

  /** What comes after the picture, one after the other: a browser has few connections. */
  #follow(entry: FileEntry): void {
    const compression = compressionOf(entry);
    if (entry !== this.#around.active() || !entry.open) return;
    if (compression.result.status !== 'final' || compression.peer.busy || compression.curve.busy)
      return;
    const again = (ended: string): void => {
      if (ended === 'ready' || ended === 'failed') this.#follow(entry);
    };
    const format = this.peerFormat;
    const bytes = compression.result.shown?.facts?.bytes;
    if (format !== null && bytes !== undefined && compression.lacksPeer(format, bytes)) {
      compression.peerBelongs(format, bytes);
      const input = { document: entry.id, format, bytes };
      void compression.peer
        .start((options) => this.#around.bridge.run('peer', input, options), true)
        .then((ended) => {
          if (ended === 'ready') compression.learnPeer();
          again(ended);
        });
    } else if (compression.lacksCurve) {
      const { settings } = compression;
      const { scans } = settings;
      const device = this.#around.device();
      const input = { document: entry.id, ...codedBy(settings), scans, device };
      void compression.curve
        .start((options) => this.#around.bridge.run('rateCurve', input, options), true)
        .then((ended) => {
          if (ended === 'ready') compression.curveBelongs(settings);
          again(ended);
        });
    }
  }

  #readFacts(entry: FileEntry): void {
    const { source } = entry;
    const compression = compressionOf(entry);
    if (source === null || compression.facts.status !== 'none') return;
    void compression.facts.start(
      async (options) => (await this.#around.bridge.run('info', { source }, options)) as LatentInfo,
    );
  }
}

/** What is compressed, and by which network. */
const codedBy = ({ clean, model }: CompressSettings) => ({
  clean,
  ...(model === usualCodec ? {} : { model }),
});

export const compressDeskOf = (session: Session): CompressDesk =>
  session.deskOf(compressId, CompressDesk);

const [action] = latentActions;

export const compressLogic: WorkspaceLogic = {
  id: compressId,
  action,
  open: (around) => new CompressDesk(around),
};
