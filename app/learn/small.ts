/** Squares of a batch made small, by means of what falls into each pixel. */

/**
 * @param values planar [tones, patch, patch] from `start`
 * @returns planar [tones, side, side]; `side` at most `patch`
 */
export function small(
  values: Float32Array,
  start: number,
  { tones, patch }: { readonly tones: number; readonly patch: number },
  side: number,
): Float32Array {
  const sums = new Float32Array(tones * side * side);
  const counts = new Float32Array(side * side);
  for (let y = 0; y < patch; y++)
    for (let x = 0; x < patch; x++) {
      const to = Math.floor((y * side) / patch) * side + Math.floor((x * side) / patch);
      counts[to]!++;
      for (let tone = 0; tone < tones; tone++)
        sums[tone * side * side + to]! += values[start + (tone * patch + y) * patch + x]!;
    }
  return sums.map((sum, at) => sum / counts[at % counts.length]!);
}
