/** Finds the best strength of a method against the truth. */

/**
 * Walks along a geometric grid to a maximum, then looks once between its neighbours.
 * @param start first value tried @param ratio between neighbours, above 1
 * @param score the greater, the better; asked once per value
 * @param bounds values that the method accepts
 * @returns the best value tried, and its score
 */
export async function climb(
  start: number,
  ratio: number,
  score: (value: number) => Promise<number>,
  bounds: { readonly least: number; readonly most: number } = { least: 0, most: Infinity },
): Promise<{ value: number; score: number }> {
  const tried = new Map<number, Promise<number>>();
  const inside = (value: number): number => Math.min(bounds.most, Math.max(bounds.least, value));
  const at = async (value: number): Promise<{ value: number; score: number }> => {
    const known = tried.get(value) ?? score(value);
    tried.set(value, known);
    return { value, score: await known };
  };
  let best = await at(inside(start));
  for (let step = ratio, turned = false; ;) {
    const next = await at(inside(best.value * step));
    if (next.score > best.score) {
      best = next;
      turned = true;
    } else if (turned || step < 1) break;
    else step = 1 / ratio;
  }
  for (const step of [Math.sqrt(ratio), 1 / Math.sqrt(ratio)]) {
    const next = await at(inside(best.value * step));
    if (next.score > best.score) return next;
  }
  return best;
}
