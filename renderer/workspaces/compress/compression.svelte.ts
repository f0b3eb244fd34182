/**
 * What is asked for and known about compressing one file: settings, the decoded result on the screen,
 * the curve of sizes, another format to compare with, and, for a latent file, what it says of itself.
 * When each is made is compress-desk.svelte.ts.
 */
import type { HourglassEvent, InputOf, OutputOf } from '../../../app/contract/index.ts';
import type {
  LatentInfo,
  LatentTile,
  PeerFormat,
  compressCommand,
  peerCommand,
  rateCurveCommand,
} from '../../../app/contract/latent.ts';
import type { ViewerLayer } from '../../viewer/types.ts';
import { defaultCompress, sameCompress, sourceKey, type CompressSettings } from './settings.ts';
import { Edited } from '../../state/edited.svelte.ts';
import type { ExportState, FileEntry } from '../../state/entry.svelte.ts';
import type { Work } from '../../state/workspace.ts';
import { LayerWork, type LayerWorkOptions } from '../../state/layer-work.svelte.ts';
import { bytes } from '../../state/format.ts';
import { compressedKind, peerKind } from './layers.ts';
import {
  noSizes,
  sizeAt,
  withPeer,
  withSize,
  type KnownSizes,
  type PeerPoint,
  type RatePoint,
} from './rate.ts';
import { Answer } from '../../state/answer.svelte.ts';
import { Kept } from '../../state/kept.svelte.ts';

export type CompressInput = InputOf<typeof compressCommand>;
export type CompressOutput = OutputOf<typeof compressCommand>;
export type PeerOutput = OutputOf<typeof peerCommand>;
export type RateCurve = OutputOf<typeof rateCurveCommand>;
export type RunCompress = LayerWorkOptions<CompressSettings, CompressInput, CompressOutput>['run'];

export const compressId = 'compress';

export class Compression extends Edited<CompressSettings> implements Work {
  readonly result: LayerWork<CompressSettings, CompressInput, CompressOutput>;
  readonly curve = new Answer<RateCurve>('rate-curve');
  readonly peer = new Answer<PeerOutput>('peer');
  readonly kept = new Kept();
  /** Of a latent file. */
  readonly facts = new Answer<LatentInfo>('latent-info');
  exported = $state.raw<ExportState>({ kind: 'none' });

  /** Other formats as they were made so far. */
  peers = $state.raw<readonly PeerPoint[]>([]);

  /** Exact sizes by quality, of the picture that `#sourceKey` names. */
  #known = $state.raw(noSizes);
  #sourceKey = '';
  /** What the curve was made for. */
  #curveKey = $state('');
  /** What the other format was made for, or is being made. */
  #peerKey = '';

  /** How many layers were lost: another format that is made again is another layer of the same id. */
  #epoch = 0;

  constructor(
    run: RunCompress,
    {
      visible,
      onScreen,
    }: Pick<LayerWorkOptions<never, never, CompressOutput>, 'visible' | 'onScreen'>,
  ) {
    super(defaultCompress, sameCompress);
    this.result = new LayerWork({
      name: 'compress',
      kind: compressedKind,
      facts: ({ bytes: size }) => bytes(size),
      staged: true,
      run,
      same: sameCompress,
      visible,
      ...(onScreen ? { onScreen } : {}),
    });
  }

  get picture(): Compression['result'] {
    return this.result;
  }

  get suspect(): boolean {
    return this.result.suspect;
  }

  get layers(): readonly string[] {
    const { kept, peer, result } = this;
    const made = [result.shown?.layer.id, peer.facts?.layer, kept.layer?.id];
    return made.filter((id) => id !== undefined);
  }

  /** The curve, where it belongs to the picture that is asked for. */
  get points(): readonly RatePoint[] {
    return this.#curveKey === sourceKey(this.settings) ? (this.curve.facts?.points ?? []) : [];
  }

  /** The exact size at a quality, where it was made; else what the curve says; null: neither. */
  sizeAt(quality: number): { readonly bytes: number; readonly exact: boolean } | null {
    const exact = this.knownSizes.get(quality);
    if (exact !== undefined) return { bytes: exact, exact: true };
    const bytes = sizeAt(this.points, quality);
    return bytes === null ? null : { bytes, exact: false };
  }

  get knownSizes(): KnownSizes {
    return this.#sourceKey === sourceKey(this.settings) ? this.#known : noSizes;
  }

  /** The quality of what is on the screen; null while it is not known. */
  get shownQuality(): number | null {
    const { shown } = this.result;
    if (!shown) return null;
    return shown.facts?.quality ?? (shown.settings.size === null ? shown.settings.quality : null);
  }

  /** Remembers what a finished result came to. */
  learn(settings: CompressSettings, { quality, bytes }: CompressOutput): void {
    // What was found for a size is what the dial shows; it is no step of undo.
    if (this.settings.size !== null && sameCompress(settings, this.settings))
      this.settings = { ...this.settings, quality };
    const key = sourceKey(settings);
    this.#known = withSize(key === this.#sourceKey ? this.#known : noSizes, quality, bytes);
    this.#sourceKey = key;
  }

  /** The curve that was made belongs to these settings. */
  curveBelongs(settings: CompressSettings): void {
    this.#curveKey = sourceKey(settings);
  }

  /** There is no curve of this picture, and none that failed. */
  get lacksCurve(): boolean {
    const { status, facts } = this.curve;
    // One without points is an answer too, and is not asked for again.
    return status !== 'failed' && !(facts && this.#curveKey === sourceKey(this.settings));
  }

  peerBelongs(format: PeerFormat, bytes: number): void {
    this.#peerKey = `${format} ${bytes}`;
  }

  /** Remembers what the other format came to. */
  learnPeer(): void {
    if (this.peer.facts) this.peers = withPeer(this.peers, this.peer.facts);
  }

  /** Cancels the other format; what was made earlier stays on the screen. */
  stopPeer(): void {
    if (!this.peer.busy) return;
    this.peer.stop();
    this.#peerKey = '';
  }

  /** The other format was not made at this size yet, and did not fail at it. */
  lacksPeer(format: PeerFormat, bytes: number): boolean {
    return this.#peerKey !== `${format} ${bytes}` || this.peer.status === 'none';
  }

  /** What stands left of the divider in the place of the original; null: the original. */
  get base(): ViewerLayer | null {
    const { facts } = this.peer;
    if (!facts) return null;
    const { layer: id, format, bytes: size } = facts;
    const about = { kind: peerKind(format), facts: bytes(size) };
    return { id, ...about, version: 1, complete: true, epoch: this.#epoch };
  }

  /** Tiles of a latent file that can not be shown in full. */
  get damaged(): readonly LatentTile[] {
    const tiles = this.facts.facts?.tiles ?? [];
    return tiles.flatMap(({ column, row, state }) =>
      state === 'preview' || state === 'lost' ? [{ column, row, state }] : [],
    );
  }

  stopAsides(): void {
    this.curve.stop();
    this.stopPeer();
  }

  onLayer(event: Extract<HourglassEvent, { type: 'layer' }>): void {
    this.result.onLayer(event);
  }

  onJob(event: Extract<HourglassEvent, { type: 'job' }>): void {
    this.result.onJob(event);
    this.curve.onJob(event);
    this.peer.onJob(event);
    this.kept.again.onJob(event);
    this.facts.onJob(event);
  }

  /** A layer is gone from the engine. Returns whether something has to be made again. */
  onGone(layer: string): boolean {
    this.#epoch += 1;
    this.kept.onGone(layer);
    const peer = this.peer.facts?.layer === layer;
    if (peer) this.peer.lose();
    return this.result.onGone(layer) || peer;
  }

  /** The file is another one now: what is known of its sizes is not true any more. */
  forget(): void {
    this.lose();
    this.kept.drop();
    this.peers = [];
    this.#known = noSizes;
    for (const answer of [this.curve, this.facts]) answer.lose();
  }

  /** Nobody looks at it any more. What is known stays, what runs does not. */
  leave(): void {
    this.result.leave();
    this.kept.leave();
    this.stopAsides();
    this.facts.stop();
  }

  /** The document is gone from the engine, its layers with it; numbers stay true. */
  lose(): void {
    this.#epoch += 1;
    this.result.lose();
    this.kept.lose();
    this.peer.lose();
    this.curve.stop();
    this.facts.stop();
  }

  outdate(): void {
    this.lose();
  }

  engineDied(): void {
    this.#epoch += 1;
    this.result.engineDied();
    this.kept.engineDied();
    for (const answer of [this.peer, this.curve, this.facts]) answer.engineDied();
  }
}

export const compressionOf = (entry: FileEntry): Compression => entry.work(compressId, Compression);
