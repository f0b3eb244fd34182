/**
 * When work that has time, the steps of a training, may begin beside work that somebody waits for, the tiles of an export: it gets a share of their time, and all
 * of it where no tile came for a while. Knows neither queue nor clock; who asks is `inference-thread.ts`.
 */

/** Of the time of tiles: an export becomes slower by this, and a little for what is prepared besides (`npm run bench -- learn --only beside`). */
const SHARE = 0.2;

/** Without a tile for so long, nobody waits for one: between two files of a run there are pauses as long, milliseconds. */
export const QUIET = 500;

export class Leisure {
  /** Milliseconds that steps may still take. */
  #left = 0;
  #lastTile = -Infinity;

  /** A tile is done. @param took and @param now milliseconds */
  tile(took: number, now: number): void {
    if (now - took - this.#lastTile > QUIET) this.#left = 0;
    this.#left += SHARE * took;
    this.#lastTile = now;
  }

  /** What it took is no pause of the tiles, which waited for it. */
  step(took: number): void {
    this.#left -= took;
    this.#lastTile += took;
  }

  /** @returns milliseconds after which a step may begin if no tile comes before; 0: now */
  wait(now: number): number {
    return this.#left > 0 ? 0 : Math.max(0, this.#lastTile + QUIET - now);
  }
}
