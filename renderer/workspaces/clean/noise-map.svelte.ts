/**
 * Where the noise of one picture is, when a person asks to see it: its layer stands in the viewer in the
 * place of the cleaned one. Knows nothing of compare modes or pixels.
 */
import type { OutputOf } from '../../../app/contract/index.ts';
import type { noiseMapCommand } from '../../../app/contract/denoise.ts';
import type { ViewerLayer } from '../../viewer/types.ts';
import { noiseMapKind } from './layers.ts';
import { Answer, type AskOptions } from '../../state/answer.svelte.ts';

export type NoiseMapOutput = OutputOf<typeof noiseMapCommand>;
export type RunNoiseMap = (document: string, options: AskOptions) => Promise<NoiseMapOutput>;

export class NoiseMap extends Answer<NoiseMapOutput> {
  /** The person wants to see it; stays while the picture is not in front. */
  wanted = $state(false);
  readonly #run: RunNoiseMap;
  /** How many were made and are gone: the next one is another layer of the same id. */
  #epoch = 0;

  constructor(run: RunNoiseMap) {
    super('noise-map');
    this.#run = run;
  }

  /** What the viewer shows in the place of the cleaned picture; null: nothing yet. */
  get layer(): ViewerLayer | null {
    if (!this.wanted || !this.facts) return null;
    const { layer: id } = this.facts;
    return { id, version: 1, complete: true, kind: noiseMapKind, epoch: this.#epoch };
  }

  override lose(): void {
    this.#epoch += 1;
    super.lose();
  }

  /** Makes it for an open document, unless it is there or under way. */
  show(document: string): void {
    this.wanted = true;
    if (!this.busy && this.status !== 'ready') void this.#start(document);
  }

  /** A layer is gone from the engine. Returns whether it is to be made again. */
  onGone(layer: string): boolean {
    if (this.facts?.layer !== layer) return false;
    this.lose();
    return this.wanted;
  }

  /** Leaves it; what is not finished is cancelled. */
  hide(): void {
    this.wanted = false;
    if (this.busy || this.status === 'failed') this.lose();
  }

  async #start(document: string): Promise<void> {
    const ended = await this.start((options) => this.#run(document, options));
    // Left by the page the wish stays: another file has come to the front.
    if (ended === 'cancelled') this.wanted = false;
  }
}
