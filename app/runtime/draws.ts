/**
 * Random numbers that depend on a seed, a step and a purpose and on nothing before them, so that a training that goes on
 * draws what it would have drawn. Not for secrets.
 */

/** Mixes 32 bits: Murmur3's finaliser (Appleby, public domain). */
function mixed(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Numbers from a key: the same key, the same numbers. */
export class Draws {
  readonly #key: number;
  readonly #other: number;
  #count = 0;

  /** @param keys integers: seed, step, purpose */
  constructor(...keys: readonly number[]) {
    let [key, other] = [0x9e3779b9, 0x7f4a7c15];
    for (const one of keys) {
      key = mixed(key ^ mixed(one + 0x3c6ef372));
      other = mixed(other + Math.imul(key, 0x01000193) + one);
    }
    [this.#key, this.#other] = [key, other];
  }

  /** 0 ≤ value < 1, in steps of 2⁻³². */
  next(): number {
    const count = this.#count++;
    return mixed(mixed(count + this.#key) ^ Math.imul(count, 0x27d4eb2f) ^ this.#other) / 2 ** 32;
  }

  /** 0 ≤ value < below, an integer. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }
}

/** Standard normal values by Box and Muller's method (1958). */
export class GaussianDraws {
  readonly #draws: Draws;
  #second: number | null = null;

  constructor(...keys: readonly number[]) {
    this.#draws = new Draws(...keys);
  }

  next(): number {
    if (this.#second !== null) {
      const second = this.#second;
      this.#second = null;
      return second;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.#draws.next()));
    const angle = 2 * Math.PI * this.#draws.next();
    this.#second = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}
