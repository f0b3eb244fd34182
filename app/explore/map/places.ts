/** Places on a map: x and y of each picture, one after another. Here are those by principal components, and how any become a square. */
import { componentsOf } from '../../runtime/components.ts';

/** [pictures, 2] */
export type Places = Float32Array<ArrayBuffer>;

/**
 * By the two directions in which vectors differ most.
 * @param vectors [count, size], at least one
 */
export function principalPlaces(vectors: Float32Array, size: number): Places {
  const { mean, vectors: axes } = componentsOf(vectors, size, 2);
  const count = vectors.length / size;
  const places = new Float32Array(2 * count);
  for (const [k, axis] of axes.entries()) {
    // An axis may point either way: its largest part is positive, so that a picture more does not turn the map over.
    const sign = axis.reduce((most, part) => (Math.abs(part) > Math.abs(most) ? part : most)) < 0;
    for (let at = 0; at < count; at++) {
      let along = 0;
      for (let i = 0; i < size; i++) along += (vectors[at * size + i]! - mean[i]!) * axis[i]!;
      places[2 * at + k] = sign ? -along : along;
    }
  }
  return places;
}

/** In the middle of the square from 0 to 1, as large as it can be, both ways by the same factor. */
export function squareOf(places: Places): Places {
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (let at = 0; at < places.length; at++) {
    low[at % 2] = Math.min(low[at % 2]!, places[at]!);
    high[at % 2] = Math.max(high[at % 2]!, places[at]!);
  }
  const side = Math.max(high[0]! - low[0]!, high[1]! - low[1]!);
  return places.map((value, at) =>
    side > 0 ? 0.5 + (value - (low[at % 2]! + high[at % 2]!) / 2) / side : 0.5,
  );
}
