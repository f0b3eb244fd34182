/** The file that a run wrote of a photo, read back beside it: which one that is, and its layer. Asked for by `desk.svelte.ts`. */
import type { readBackCommand } from '../../../app/contract/core.ts';
import { labelOf } from '../../../app/contract/formats.ts';
import type { FolderResult, HostBridge, InputOf, OutputOf } from '../../../app/contract/index.ts';
import type { ExportState, FileEntry } from '../../state/entry.svelte.ts';
import { bytes } from '../../state/format.ts';
import { LayerWork, type LayerWorkOptions } from '../../state/layer-work.svelte.ts';
import type { Surroundings, Work } from '../../state/workspace.ts';
import type { LayerKind } from '../../viewer/types.ts';
import { say } from './sentences.ts';

export const batchId = 'batch';

type Input = InputOf<typeof readBackCommand>;
export type ReadBack = OutputOf<typeof readBackCommand>;

/** Asked for once more it is looked at once more: the file may be another one. */
interface Asked {
  readonly source: string;
  readonly time: number;
}

const difference: LayerKind['difference'] = {
  get label() {
    return say('difference');
  },
  get words() {
    return say('differenceWords');
  },
};

const kindOf = (id: string, label: () => string, noun: () => string): LayerKind => ({
  id,
  get whole() {
    return label();
  },
  get partly() {
    return label();
  },
  get noun() {
    return noun();
  },
  get picture() {
    return noun();
  },
  difference,
});

const writtenKind = kindOf(
  'written',
  () => say('writtenLabel'),
  () => say('writtenNoun'),
);
/** Whoever changed it, it is not what the run wrote. */
const changedKind = kindOf(
  'changed',
  () => say('changedLabel'),
  () => say('changedNoun'),
);

export class Written implements Work {
  exported: ExportState = { kind: 'none' };
  /** null: no result of this photo was asked for. */
  found = $state.raw<FolderResult | null>(null);
  readonly picture: LayerWork<Asked, Input, ReadBack>;
  #time = 0;

  constructor({
    bridge,
    visible,
    onScreen,
  }: Pick<Surroundings, 'visible' | 'onScreen'> & {
    readonly bridge: Pick<HostBridge, 'run'>;
  }) {
    const kind = (): LayerKind => (this.found?.changed ? changedKind : writtenKind);
    const options: LayerWorkOptions<Asked, Input, ReadBack> = {
      name: 'read-back',
      get kind() {
        return kind();
      },
      facts: ({ format, bytes: size }) =>
        say('writtenFacts', { format: labelOf(format), size: bytes(size) }),
      run: (input, asked) => bridge.run('readBack', input, asked),
      same: (one, other) => one.source === other.source && one.time === other.time,
      ...{ visible, onScreen },
    };
    this.picture = new LayerWork(options);
  }

  /** What is looked at beside the photo from now on. */
  give(found: FolderResult): void {
    this.found = found;
    this.#time += 1;
  }

  show(entry: FileEntry, delay: number): void {
    const { found, picture } = this;
    if (!found) return;
    const { source } = found.result;
    picture.request(
      {
        document: entry.id,
        settings: { source, time: this.#time },
        input: () => ({ document: entry.id, source }),
      },
      delay,
    );
  }

  get suspect(): boolean {
    return this.picture.suspect;
  }

  get layers(): readonly string[] {
    const { shown } = this.picture;
    return shown ? [shown.layer.id] : [];
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

  /** A file is a file, whatever would make another one. */
  outdate(): void {
    return;
  }

  forget(): void {
    this.picture.lose();
  }

  onGone(layer: string): boolean {
    return this.picture.onGone(layer);
  }

  onLayer(): void {
    // It comes whole.
  }

  onJob(): void {
    // It has no steps.
  }
}

export const writtenOf = (entry: FileEntry): Written => entry.work(batchId, Written);
