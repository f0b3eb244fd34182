/** A desk that has the window for itself, always: no file is in front of it, and none is made anything of. Who extends it says its words and what else it does. */
import { noPicture } from './no-picture.ts';
import type { Desk, Work } from './workspace.ts';

const none = (): void => undefined;

/** What is made of a file here: nothing. */
const noWork = (): Work => ({
  ...{ exported: { kind: 'none' }, picture: noPicture(), suspect: false, layers: [] },
  ...{ leave: none, lose: none, engineDied: none, outdate: none, forget: none },
  ...{ onGone: () => false, onLayer: none, onJob: none },
});

export abstract class WholeDesk implements Desk {
  abstract readonly invitation: string;
  abstract readonly becomes: string;
  readonly whole: boolean = true;
  readonly canPaste = false;

  create(): Work {
    return noWork();
  }

  arrive(): Promise<void> {
    return Promise.resolve();
  }

  show(): void {
    // Nothing of a file.
  }

  layersOf(): ReturnType<Desk['layersOf']> {
    return { layer: null, base: null };
  }

  stripState(): ReturnType<Desk['stripState']> {
    return { sign: 'none', text: '' };
  }

  pictureState(): ReturnType<Desk['pictureState']> {
    return { sign: 'none', text: '' };
  }

  progressWords(): { label: string; text: string } {
    return { label: '', text: '' };
  }

  paste(): boolean {
    return false;
  }

  reset(): void {
    // Its settings are no file's.
  }

  isReset(): boolean {
    return true;
  }
}

/** In the place of a workspace that is not there yet: files come when it is. */
export class ComingDesk extends WholeDesk {
  override readonly whole = false;
  readonly becomes = '';
  readonly invitation: string;

  constructor(invitation: string) {
    super();
    this.invitation = invitation;
  }
}
