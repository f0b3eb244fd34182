/** What became of the elements of de-identified objects, taken together for people: lists of many files, and names in few lines. */
import * as z from 'zod';
import {
  deidentifiedSchema,
  fateActions,
  type DeidentifiedElements,
  type FateAction,
} from './dicom-object.ts';

type Fate = Pick<DeidentifiedElements[number], 'path' | 'keyword' | 'action'>;

export const elementFatesSchema = z.object({
  files: z.number().int().describe('De-identified files'),
  elements: z
    .array(
      deidentifiedSchema.element
        .omit({ count: true })
        .extend({ files: z.number().int().describe('In how many of them this became of it') }),
    )
    .describe('In the order of their tags'),
});
/** Tags and keywords, never a value. */
export type ElementFates = z.infer<typeof elementFatesSchema>;

export class FatesTally {
  #files = 0;
  readonly #elements = new Map<string, ElementFates['elements'][number]>();

  /** @param fates of one file, each once */
  add(fates: Iterable<Fate>): void {
    this.#files += 1;
    for (const { path, keyword, action } of fates) {
      const key = `${path} ${action}`;
      const files = (this.#elements.get(key)?.files ?? 0) + 1;
      this.#elements.set(key, { path, keyword, action, files });
    }
  }

  /** null: of no file */
  get fates(): ElementFates | null {
    if (this.#files === 0) return null;
    const elements = [...this.#elements.values()].sort((one, other) =>
      one.path === other.path ? 0 : one.path < other.path ? -1 : 1,
    );
    return { files: this.#files, elements };
  }
}

export interface FateGroup {
  readonly action: FateAction;
  /** Each once, wherever it lies; in the order of their tags. */
  readonly keywords: readonly string[];
  /** Elements that PS3.6 has no keyword for: private and unknown ones. */
  readonly others: number;
}

/** Those actions that something came to. */
export const fateGroups = (fates: readonly Fate[]): FateGroup[] =>
  fateActions
    .map((wanted) => {
      const of = fates.filter(({ action }) => action === wanted);
      const keywords = [...new Set(of.flatMap(({ keyword }) => keyword ?? []))];
      const others = new Set(of.flatMap(({ keyword, path }) => (keyword === null ? path : [])))
        .size;
      return { action: wanted, keywords, others };
    })
    .filter(({ keywords, others }) => keywords.length + others > 0);
