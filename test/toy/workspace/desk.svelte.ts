/** The toy workspace without what it looks like. */
import { invertActions } from '../../../app/contract/invert.ts';
import { fixed } from '../../../app/contract/sentences/index.ts';
import { editTogether } from '../../state/edited.svelte.ts';
import type { FileEntry } from '../../state/entry.svelte.ts';
import type { ExportPlan } from '../../state/export-plan.ts';
import { outTemplate, resultName } from '../../state/output.ts';
import type { Session } from '../../state/session.svelte.ts';
import { arrivalState, exportedState, type Said } from '../../state/words.ts';
import type {
  Desk,
  Outputs,
  Surroundings,
  WorkspaceLogic,
  Writing,
} from '../../state/workspace.ts';
import { say } from './sentences.ts';
import { invertId, Negative, negativeOf, type InvertSettings } from './negative.svelte.ts';

function invertPlan(entry: FileEntry, { outputs }: Outputs): ExportPlan {
  const negative = negativeOf(entry);
  const { settings } = negative;
  const { negatives } = outputs;
  const { format, depth, quality } = negatives;
  return {
    place: negative,
    settings: JSON.stringify(settings),
    name: (index, inputs) => resultName(negatives, entry, 'auto', { index, inputs }),
    command: 'invert',
    input: { ...settings, out: outTemplate(negatives), format, depth, quality },
  };
}

export class InvertDesk implements Desk {
  readonly invitation = say('dropPhotosHere');
  readonly becomes = say('becomesInverted');
  readonly writing: Writing = { placeOf: () => 'negatives', plan: invertPlan };
  /** Settings that were copied last. */
  #copied = $state.raw<InvertSettings | null>(null);
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  create(): Negative {
    return new Negative(this.#around);
  }

  async arrive(entry: FileEntry): Promise<void> {
    this.show(entry, 0);
  }

  show(entry: FileEntry, delay: number): void {
    const { picture, settings } = negativeOf(entry);
    if (!entry.open) {
      if (!entry.error) this.#around.bringUp(entry);
      return;
    }
    const input = () => ({ document: entry.id, ...settings });
    picture.request({ document: entry.id, settings, input }, delay);
  }

  edit(settings: Partial<InvertSettings>): void {
    this.#change(this.#around.selection(), settings, say('onlyLeftHalf'));
  }

  #change(entries: readonly FileEntry[], settings: Partial<InvertSettings>, what: string): void {
    const about = { what, workspace: invertId };
    const changed = editTogether(this.#around.steps, entries, negativeOf, settings, about);
    const active = this.#around.active();
    if (active && changed.includes(active)) this.show(active, 0);
  }

  layersOf(entry: FileEntry): ReturnType<Desk['layersOf']> {
    return { layer: negativeOf(entry).picture.shown?.layer ?? null, base: null };
  }

  stripState(entry: FileEntry): Said {
    const negative = negativeOf(entry);
    return (
      arrivalState(entry, negative) ??
      exportedState(negative, JSON.stringify(negative.settings)) ?? { sign: 'none', text: '' }
    );
  }

  pictureState(entry: FileEntry): Said {
    const { arrived, error, shown, status } = negativeOf(entry).picture;
    if (error) return { sign: 'error', text: say('thereIsNone') };
    if (status !== 'final' || !arrived) return { sign: 'working', text: say('inverting') };
    return { sign: 'done', text: say('final', { after: fixed(shown?.facts?.after ?? 0, 3) }) };
  }

  progressWords(): { label: string; text: string } {
    return { label: say('inverted'), text: say('inverting') };
  }

  copy(entry: FileEntry): string {
    this.#copied = negativeOf(entry).settings;
    return JSON.stringify(this.#copied);
  }

  get canPaste(): boolean {
    return this.#copied !== null;
  }

  paste(_text: string, entries: readonly FileEntry[]): boolean {
    if (!this.#copied) return false;
    this.#change(entries, this.#copied, say('onlyLeftHalf'));
    return true;
  }

  reset(): void {
    this.edit({ half: false });
  }

  isReset(entry: FileEntry): boolean {
    return !negativeOf(entry).settings.half;
  }
}

export const invertDeskOf = (session: Session): InvertDesk => session.deskOf(invertId, InvertDesk);

const [action] = invertActions;

export const invertLogic: WorkspaceLogic = {
  id: invertId,
  action,
  open: (around) => new InvertDesk(around),
};
