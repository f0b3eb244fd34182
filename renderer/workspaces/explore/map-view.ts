/** Where the pictures of a map lie on the screen, which are pointed at, and which lie within a line that was drawn. Pure. */

/** x and y of every picture of the list, 0 to 1; NaN: it is not on the map. */
export type Places = Float32Array;

/** Pixels. */
export interface Screen {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What of the map is seen: the place in the middle, and how often it is larger than where all of it fits. */
export interface MapView extends Point {
  readonly zoom: number;
}

export const wholeMap: MapView = { x: 0.5, y: 0.5, zoom: 1 };
const mostZoom = 64;
/** Around the map, pixels: a thumbnail at the edge is seen whole. */
const margin = 40;

/** @param text as `MapAnswer.places` */
export function placesOf(text: string): Places {
  return new Float32Array(bytesOf(text).buffer);
}

/** Cluster of every picture of the list from 1; 0: it is not on the map. */
export const clustersOf = (text: string): Uint8Array => bytesOf(text);

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Pixels of the screen that the side of the map is. */
export const sideOf = ({ width, height }: Screen, { zoom }: MapView): number =>
  zoom * Math.max(1, Math.min(width, height) - 2 * margin);

/** Of a place of the map, on the screen. */
export function onScreen(place: Point, view: MapView, screen: Screen): Point {
  const side = sideOf(screen, view);
  return {
    x: screen.width / 2 + (place.x - view.x) * side,
    y: screen.height / 2 + (place.y - view.y) * side,
  };
}

/** The place of the map that is at a point of the screen. */
export function placeAt(point: Point, view: MapView, screen: Screen): Point {
  const side = sideOf(screen, view);
  return {
    x: view.x + (point.x - screen.width / 2) / side,
    y: view.y + (point.y - screen.height / 2) / side,
  };
}

/** Larger or smaller, with the point of the screen staying on its place. */
export function zoomed(view: MapView, by: number, at: Point, screen: Screen): MapView {
  const zoom = Math.min(mostZoom, Math.max(1, view.zoom * by));
  const before = placeAt(at, view, screen);
  const after = placeAt(at, { ...view, zoom }, screen);
  return bounded({ x: view.x + before.x - after.x, y: view.y + before.y - after.y, zoom });
}

export function moved(view: MapView, by: Point, screen: Screen): MapView {
  const side = sideOf(screen, view);
  return bounded({ ...view, x: view.x - by.x / side, y: view.y - by.y / side });
}

/** The middle of the screen stays on the map; all of it stands still. */
function bounded({ x, y, zoom }: MapView): MapView {
  if (zoom === 1) return wholeMap;
  const within = (value: number): number => Math.min(1, Math.max(0, value));
  return { x: within(x), y: within(y), zoom };
}

/** So that a place is seen, where it is not; as little as is needed. @param room around it, pixels */
export function revealed(view: MapView, place: Point, screen: Screen, room = margin): MapView {
  const { x, y } = onScreen(place, view, screen);
  const missing = (at: number, size: number): number =>
    at < room ? room - at : at > size - room ? size - room - at : 0;
  const by = { x: missing(x, screen.width), y: missing(y, screen.height) };
  return by.x === 0 && by.y === 0 ? view : moved(view, by, screen);
}

const isThere = (places: Places, at: number): boolean => !Number.isNaN(places[2 * at]!);

/** Pictures whose places are seen. @param room around the screen, pixels */
export function inSight(places: Places, view: MapView, screen: Screen, room = 0): number[] {
  const from = placeAt({ x: -room, y: -room }, view, screen);
  const to = placeAt({ x: screen.width + room, y: screen.height + room }, view, screen);
  const seen: number[] = [];
  for (let at = 0; 2 * at < places.length; at++) {
    const [x, y] = [places[2 * at]!, places[2 * at + 1]!];
    // NaN is within nothing.
    if (x >= from.x && x <= to.x && y >= from.y && y <= to.y) seen.push(at);
  }
  return seen;
}

/** The picture nearest to a point of the screen, within so many pixels; null: there is none. */
export function nearestTo(
  point: Point,
  places: Places,
  view: MapView,
  screen: Screen,
  within = Infinity,
): number | null {
  const place = placeAt(point, view, screen);
  const side = sideOf(screen, view);
  let [nearest, least]: [number | null, number] = [null, (within / side) ** 2];
  for (let at = 0; 2 * at < places.length; at++) {
    const distance = (places[2 * at]! - place.x) ** 2 + (places[2 * at + 1]! - place.y) ** 2;
    if (distance <= least) [nearest, least] = [at, distance];
  }
  return nearest;
}

/** What lies aside counts for farther: who presses an arrow means what lies that way. */
const ASIDE = 2;

/** The next picture in a direction; null: there is none. */
export function nextInDirection(from: number, direction: Point, places: Places): number | null {
  let [next, least]: [number | null, number] = [null, Infinity];
  for (let at = 0; 2 * at < places.length; at++) {
    if (at === from || !isThere(places, at)) continue;
    const dx = places[2 * at]! - places[2 * from]!;
    const dy = places[2 * at + 1]! - places[2 * from + 1]!;
    const along = dx * direction.x + dy * direction.y;
    const aside = Math.abs(dx * direction.y - dy * direction.x);
    if (along <= 0 || aside > 2 * along) continue;
    const distance = along + ASIDE * aside;
    if (distance < least) [next, least] = [at, distance];
  }
  return next;
}

/** Pictures within a closed line of the screen, by how often a ray to the right crosses it. */
export function within(
  line: readonly Point[],
  places: Places,
  view: MapView,
  screen: Screen,
): number[] {
  const found: number[] = [];
  for (let at = 0; 2 * at < places.length; at++) {
    if (!isThere(places, at)) continue;
    const { x, y } = onScreen({ x: places[2 * at]!, y: places[2 * at + 1]! }, view, screen);
    let inside = false;
    for (let to = 0, from = line.length - 1; to < line.length; from = to++) {
      const [a, b] = [line[to]!, line[from]!];
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x)
        inside = !inside;
    }
    if (inside) found.push(at);
  }
  return found;
}
