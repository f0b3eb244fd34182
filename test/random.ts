/**
 * Seeded random numbers for tests and benches: the same on every machine and in every run. Expectations and
 * published tables depend on the sequences, so a change here is a change of both.
 */

/**
 * Uniform numbers in [0,1), multiples of 2⁻³²: mulberry32 (Tommy Ettinger 2017, public domain,
 * https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). Its state has 32 bits and its period
 * is 2³²: enough for noise, and for nothing that must be unpredictable.
 * @param seed an integer, taken modulo 2³²
 */
export function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Standard normal numbers, each from two of `uniform(seed)`; within ±6.7, since the logarithm's argument is
 * at least 2⁻³². G. E. P. Box, M. E. Muller: A Note on the Generation of Random Normal Deviates, Ann. Math. Statist.
 * 29 (1958) 610–611; the cosine only.
 */
export function normal(seed: number): () => number {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
