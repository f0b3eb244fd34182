/**
 * The order of work when a file is looked at to be compressed: first the picture at the settings, then
 * what it is compared with, then the curve of sizes. What is newly asked for goes before all that runs.
 */
import { familyOf } from '../../app/contract/formats.ts';
import type {
  DeviceChoice,
  DocumentInfo,
  HostBridge,
  PeerFormat,
  Rect,
} from '../../app/contract/index.ts';
import type { OnScreen, ViewerLayer } from '../viewer/types.ts';
import { isScan, type CompressSettings } from './compress-settings.ts';
import { Compression } from './compression.svelte.ts';
import type { FileEntry } from './entry.svelte.ts';

/** Further changes within this time join the work that is about to start, milliseconds. */
const DEBOUNCE = 220;

export interface DeskSurroundings {
  /** The file in front, while this workspace is; else null. */
  readonly active: () => FileEntry | null;
  /** Opens the file in front and comes back to `show`. */
  readonly bringUp: (entry: FileEntry) => void;
  /** The region on the screen, full-size coordinates; null before anything is shown. */
  readonly visible: () => Rect | null;
  /** What the viewer really shows. */
  readonly onScreen?: () => OnScreen | null;
  readonly device: () => DeviceChoice;
}

/** A latent file: there is nothing to compress about it. */
export const isLatent = (info: Pick<DocumentInfo, 'format'> | null): boolean =>
  info !== null && familyOf(info.format) === 'latent';

/** True while a scan waits for the word that it may lose accuracy. */
export const awaitsConsent = (
  info: DocumentInfo | null,
  { scans }: Pick<CompressSettings, 'scans'>,
): boolean => info !== null && isScan(info) && !scans;

export class CompressDesk {
  /** What stands left of the divider; null: the original. The same for all files. */
  peerFormat = $state<PeerFormat | null>(null);

  readonly #bridge: Pick<HostBridge, 'run'>;
  readonly #around: DeskSurroundings;

  constructor(bridge: Pick<HostBridge, 'run'>, around: DeskSurroundings) {
    this.#bridge = bridge;
    this.#around = around;
  }

  /** What a new file starts with. */
  compression(): Compression {
    return new Compression(
      (input, options) => this.#bridge.run('compress', input, options),
      this.#around,
    );
  }

  /** Changes the settings of the file in front and shows what they make of it. */
  edit(patch: Partial<CompressSettings>, gesture: string | null = null): void {
    const entry = this.#around.active();
    if (entry?.compression.edit(patch, gesture)) this.show(entry, DEBOUNCE);
  }

  settle(): void {
    this.#around.active()?.compression.settle();
  }

  /** Makes what is on the screen agree with the settings of the file in front. */
  show(entry: FileEntry, delay: number): void {
    if (entry !== this.#around.active() || entry.error) return;
    if (!entry.open) return this.#around.bringUp(entry);
    const { compression } = entry;
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

  /** Another format takes the original's place; null: the original again. */
  compareWith(format: PeerFormat | null): void {
    this.peerFormat = format;
    const entry = this.#around.active();
    if (!entry) return;
    entry.compression.stopAsides();
    this.#follow(entry);
  }

  /** What stands left of the divider of a file; null: the original. */
  baseOf({ compression }: FileEntry): ViewerLayer | null {
    const { base, result } = compression;
    return base?.kind === this.peerFormat && result.shown ? base : null;
  }

  /** Tries again what failed beside the picture: the curve, or the other format. */
  retry(entry: FileEntry): void {
    const { curve, facts, peer } = entry.compression;
    for (const task of [curve, facts, peer]) if (task.status === 'failed') task.lose();
    if (isLatent(entry.info)) this.#readFacts(entry);
    else this.#follow(entry);
  }

  #request(entry: FileEntry, delay: number): void {
    const { compression } = entry;
    const { settings } = compression;
    const { quality, size, clean, scans } = settings;
    const target = size === null ? { quality } : { quality, size };
    const input = () => {
      const view = this.#around.visible();
      const device = this.#around.device();
      return { document: entry.id, ...target, clean, scans, device, ...(view ? { view } : {}) };
    };
    compression.result.request({ document: entry.id, settings, input }, delay);
  }

  #finished(entry: FileEntry): void {
    const { compression } = entry;
    const { shown } = compression.result;
    if (!shown?.facts) return;
    compression.learn(shown.settings, shown.facts);
    this.#follow(entry);
  }

  /** What comes after the picture, one after the other: a browser has few connections. */
  #follow(entry: FileEntry): void {
    const { compression } = entry;
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
        .start((options) => this.#bridge.run('peer', input, options), true)
        .then(again);
    } else if (compression.lacksCurve) {
      const { settings } = compression;
      const { clean, scans } = settings;
      const input = { document: entry.id, clean, scans, device: this.#around.device() };
      void compression.curve
        .start((options) => this.#bridge.run('rateCurve', input, options), true)
        .then((ended) => {
          if (ended === 'ready') compression.curveBelongs(settings);
          again(ended);
        });
    }
  }

  #readFacts({ compression, source }: FileEntry): void {
    if (source === null || compression.facts.status !== 'none') return;
    void compression.facts.start((options) => this.#bridge.run('info', { source }, options));
  }
}
