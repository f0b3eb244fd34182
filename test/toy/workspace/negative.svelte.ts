/** One file in the toy workspace: what is asked for, and its negative on the screen. */
import type { InputOf, OutputOf } from '../../../app/contract/index.ts';
import type { negativeCommand } from '../../../app/contract/invert.ts';
import { Edited } from '../../state/edited.svelte.ts';
import type { ExportState, FileEntry } from '../../state/entry.svelte.ts';
import { LayerWork } from '../../state/layer-work.svelte.ts';
import { negativeKind } from './layers.ts';
import type { Surroundings, Work } from '../../state/workspace.ts';

export const invertId = 'invert';

export interface InvertSettings {
  readonly half: boolean;
}

type Input = InputOf<typeof negativeCommand>;
type Output = OutputOf<typeof negativeCommand>;

const same = (a: InvertSettings, b: InvertSettings): boolean => a.half === b.half;

export class Negative extends Edited<InvertSettings> implements Work {
  readonly picture: LayerWork<InvertSettings, Input, Output>;
  exported = $state.raw<ExportState>({ kind: 'none' });

  constructor({ bridge, visible, onScreen }: Surroundings) {
    super({ half: false }, same);
    this.picture = new LayerWork({
      ...{ name: 'negative', kind: negativeKind, same, visible, onScreen },
      run: (input: Input, options) => bridge.run('negative', input, options),
    });
  }

  get suspect(): boolean {
    return this.picture.suspect;
  }

  get layers(): readonly string[] {
    return this.picture.shown ? [this.picture.shown.layer.id] : [];
  }

  leave(): void {
    this.picture.leave();
  }

  lose(): void {
    this.picture.lose();
  }

  engineDied(): void {
    this.picture.engineDied();
  }

  outdate(): void {
    // No device has a part in it.
  }

  forget(): void {
    // Nothing is known of the file.
  }

  onGone(layer: string): boolean {
    return this.picture.onGone(layer);
  }

  onLayer(event: Parameters<Work['onLayer']>[0]): void {
    this.picture.onLayer(event);
  }

  onJob(event: Parameters<Work['onJob']>[0]): void {
    this.picture.onJob(event);
  }
}

export const negativeOf = (entry: FileEntry): Negative => entry.work(invertId, Negative);
