/**
 * What the host remembers of open documents, so that a restarted engine can open them again under
 * the same ids before anybody notices. Pixels and layers live in the engine (`pixels`).
 */
import type { Commands, ParsedInputOf } from '../contract/index.ts';

export type OpenInput = ParsedInputOf<Commands['open']> & { readonly document: string };

interface Remembered {
  readonly input: OpenInput;
  /** The engine (its number) in which the document is open. */
  generation: number;
  opening: Promise<unknown> | null;
}

export class DocumentRegistry {
  readonly #documents = new Map<string, Remembered>();

  remember(input: OpenInput, generation: number): void {
    this.#documents.set(input.document, { input, generation, opening: null });
  }

  forget(document: string): void {
    this.#documents.delete(document);
  }

  /** The path that the document was opened from. */
  sourceOf(document: string): string | null {
    return this.#documents.get(document)?.input.source ?? null;
  }

  isOpenIn(document: string, generation: number): boolean {
    return this.#documents.get(document)?.generation === generation;
  }

  /**
   * Makes sure that a remembered document is open in this engine; concurrent callers share one
   * `open`. An unknown document is left to the engine, which says that it is not open.
   */
  async ensureOpen(
    document: string,
    generation: number,
    open: (input: OpenInput) => Promise<unknown>,
  ): Promise<void> {
    const remembered = this.#documents.get(document);
    if (!remembered || remembered.generation === generation) return;
    remembered.opening ??= open(remembered.input).finally(() => {
      remembered.opening = null;
    });
    await remembered.opening;
    remembered.generation = generation;
  }
}
