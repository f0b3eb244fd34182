/**
 * A result that a person keeps to compare later ones with: another strength, network or quality of the same photo. It
 * stays a layer of the document; where that had to leave the memory it is made again when nothing else is to be done.
 */
import type { LayerKind, ViewerLayer } from '../viewer/types.ts';
import { Answer, type AskOptions } from './answer.svelte.ts';
import { say } from './sentences.ts';

export interface KeptAbout {
  /** What made it, in the few words of its label. */
  readonly words: string;
  /** Its settings as its workspace writes and reads them. */
  readonly settings: string;
  /** Runs the same command again. */
  readonly make: (options: AskOptions) => Promise<{ readonly layer: string }>;
}

const kindLike = ({ difference }: LayerKind): LayerKind => ({
  id: 'kept',
  whole: say('keptLabel'),
  partly: say('keptLabel'),
  noun: say('keptResult'),
  picture: say('keptResult'),
  difference,
});

export class Kept {
  /** null: nothing is kept. */
  about = $state.raw<KeptAbout | null>(null);
  /** null: it is not there, now. */
  layer = $state.raw<ViewerLayer | null>(null);
  readonly again = new Answer<{ readonly layer: string }>('kept');
  #kind: LayerKind | null = null;
  /** Counts down, so that no layer of the work that made it is ever taken for it. */
  #epoch = 0;

  keep(layer: ViewerLayer, about: KeptAbout): void {
    this.again.lose();
    this.#kind = kindLike(layer.kind);
    this.about = about;
    this.layer = this.#layerOf(layer.id, layer);
  }

  drop(): void {
    this.again.lose();
    this.about = null;
    this.layer = null;
  }

  /** It has to be made again. */
  get lost(): boolean {
    return this.about !== null && this.layer === null && this.again.status === 'none';
  }

  onGone(layer: string): void {
    if (this.layer?.id === layer) this.lose();
  }

  /** All layers are gone, and what runs is not worth going on with. */
  lose(): void {
    this.again.lose();
    this.layer = null;
  }

  /** One that is being made again fails by itself: it may be what the engine has died of, and is not tried without end. */
  engineDied(): void {
    this.layer = null;
  }

  /** Nobody looks at it. */
  leave(): void {
    if (this.again.busy) this.again.lose();
  }

  async restore(): Promise<void> {
    const { about } = this;
    if (!about || this.again.busy) return;
    const ended = await this.again.start(about.make);
    if (ended !== 'ready' || this.about !== about) return;
    const id = this.again.facts!.layer;
    this.again.lose();
    this.#epoch -= 1;
    this.layer = this.#layerOf(id, { version: 1, epoch: this.#epoch });
  }

  #layerOf(id: string, of: Pick<ViewerLayer, 'version' | 'epoch'>): ViewerLayer {
    const about = { kind: this.#kind!, facts: this.about!.words, version: of.version };
    return { id, ...about, complete: true, epoch: of.epoch ?? 0 };
  }
}
