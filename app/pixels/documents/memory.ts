/**
 * How much memory open documents may hold, and what goes first: whatever was used longest ago and is
 * neither on a screen nor being made. Knows nothing of pictures; what a holding is: `source-pixels.ts`,
 * `layer.ts`.
 */
import { HourglassError } from '../../contract/index.ts';
import { decimal, fixed } from '../../contract/sentences/index.ts';
import { say } from './sentences.ts';

/** Something that takes memory and can be let go. */
export interface Holding {
  /** Memory now, bytes; 0: it was let go, and is made again when it is asked for. */
  readonly bytes: number;
  /** Memory when it is there. */
  readonly fullBytes: number;
  /** On a screen, or being made: it stays. */
  readonly pinned: boolean;
  letGo(): void;
}

export interface MemoryLimits {
  /** Kept for later. */
  readonly maxBytes: number;
  /** What may be on screens and in the making together; more is refused. Default: `maxBytes`. */
  readonly maxPinnedBytes?: number;
}

export class DocumentMemory {
  readonly #limits: Required<MemoryLimits>;
  /** In order of use, the last used one last. */
  readonly #holdings = new Set<Holding>();
  /** What was finished last stays until somebody has had the time to ask for it. */
  #awaited: Holding | null = null;

  constructor({ maxBytes, maxPinnedBytes = maxBytes }: MemoryLimits) {
    this.#limits = { maxBytes, maxPinnedBytes };
  }

  /** It is used now: it goes last, and others make room for it. */
  use(holding: Holding): void {
    this.#holdings.delete(holding);
    this.#holdings.add(holding);
    this.#makeRoom(holding);
  }

  forget(holding: Holding): void {
    this.#holdings.delete(holding);
    if (this.#awaited === holding) this.#awaited = null;
  }

  /** It was made for somebody, who will say in a moment that it is on the screen. */
  await(holding: Holding): void {
    this.#awaited = holding;
    this.use(holding);
  }

  /** Whoever waited has said what is on the screen. */
  received(): void {
    this.#awaited = null;
    this.#makeRoom(null);
  }

  /** Everything that must stay, bytes. */
  get pinnedBytes(): number {
    let sum = 0;
    for (const { fullBytes, pinned } of this.#holdings) if (pinned) sum += fullBytes;
    return sum;
  }

  /**
   * Refuses what does not fit beside all that must stay.
   * @param what begins the sentence: "The cleaned picture of a.jpg"
   * @throws HourglassError out-of-memory
   */
  expect(bytes: number, pinnedBytes: number, what: string): void {
    const most = this.#limits.maxPinnedBytes;
    if (bytes + pinnedBytes <= most) return;
    const facts = { what, needed: megabytes(bytes), most: megabytes(most) };
    throw new HourglassError(
      'out-of-memory',
      pinnedBytes > 0
        ? say('needsMemoryBeside', { ...facts, held: megabytes(pinnedBytes) })
        : say('needsMemory', facts),
      {
        hint: say('closeOthers'),
        details: { bytes, pinnedBytes, most },
      },
    );
  }

  #makeRoom(used: Holding | null): void {
    let held = 0;
    for (const { bytes } of this.#holdings) held += bytes;
    for (const holding of this.#holdings) {
      if (held <= this.#limits.maxBytes) return;
      if (holding === used || holding === this.#awaited || holding.pinned) continue;
      held -= holding.bytes;
      this.#holdings.delete(holding);
      holding.letGo();
    }
  }
}

/** A size in words. */
export const megabytes = (bytes: number): string =>
  say('megabytes', { size: bytes < 1e7 ? fixed(bytes / 1e6, 1) : decimal(bytes / 1e6) });
