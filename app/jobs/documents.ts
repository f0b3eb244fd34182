/**
 * What the host remembers of open documents, so that a restarted engine can open them again under
 * the same ids before anybody notices. Pixels and layers live in the engine (`pixels`).
 */
import type { Commands, ParsedInputOf } from '../contract/index.ts';
import { Shared } from '../pixels/shared.ts';

export type OpenInput = ParsedInputOf<Commands['open']> & { readonly document: string };

interface Remembered {
  readonly input: OpenInput;
  /** The engine (its number) in which the document is open. */
  generation: number;
  /** Its opening again in a later engine, which all who need the document wait for. */
  again: { readonly generation: number; readonly opening: Shared<void> } | null;
}

export class DocumentRegistry {
  readonly #documents = new Map<string, Remembered>();

  remember(input: OpenInput, generation: number): void {
    this.#documents.set(input.document, { input, generation, again: null });
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
   * `open`, which is cancelled when the last of them is. An unknown document is left to the engine,
   * which says that it is not open.
   * @param open opens it in the engine of `generation`, and remembers that
   * @throws HourglassError cancelled when `signal` fires; whatever `open` throws
   */
  async ensureOpen(
    document: string,
    generation: number,
    signal: AbortSignal,
    open: (input: OpenInput, signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    const remembered = this.#documents.get(document);
    if (!remembered || remembered.generation === generation) return;
    if (remembered.again?.generation !== generation)
      remembered.again = { generation, opening: new Shared() };
    await remembered.again.opening.get(signal, async (shared) => {
      await open(remembered.input, shared);
    });
  }
}
