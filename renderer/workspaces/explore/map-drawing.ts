/** Draws a map into a canvas. Colours come from `ui/tokens.css`. */
import type { Selection } from '../../state/selection.ts';
import { onScreen, type MapView, type Places, type Point, type Screen } from './map-view.ts';
import type { Paint } from './colouring.ts';
import { outlineOf } from './marks.ts';

export interface MapDrawing {
  readonly places: Places;
  /** Of a picture; null: nothing is known of it that colours. */
  readonly paint: (picture: number) => Paint | null;
  readonly view: MapView;
  readonly screen: Screen;
  /** Pictures that are drawn. */
  readonly seen: readonly number[];
  readonly selected: Selection<number>;
  readonly current: number | null;
  readonly hovered: number | null;
  /** Around what is selected, while it is drawn. */
  readonly line: readonly Point[];
  /** null: the mark is drawn. */
  readonly thumbnail: (picture: number) => HTMLImageElement | null;
}

/** Pixels. */
const thumbnailSide = 44;
const dot = { few: 6, many: 3.5, fewUpTo: 800 } as const;

export function drawMap(canvas: HTMLCanvasElement, drawing: MapDrawing): void {
  const { screen, seen, line, current, hovered } = drawing;
  const context = canvas.getContext('2d');
  if (!context) return;
  const ratio = devicePixelRatio;
  const [width, height] = [Math.round(screen.width * ratio), Math.round(screen.height * ratio)];
  if (canvas.width !== width || canvas.height !== height)
    [canvas.width, canvas.height] = [width, height];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, screen.width, screen.height);
  const style = getComputedStyle(canvas);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  // What is pointed at lies over the others.
  const order = seen.filter((at) => at !== current && at !== hovered);
  for (const at of [current, hovered]) if (at !== null && seen.includes(at)) order.push(at);
  for (const at of order) drawPicture(context, at, drawing, token);
  if (line.length < 2) return;
  context.beginPath();
  for (const { x, y } of line) context.lineTo(x, y);
  context.setLineDash([4, 4]);
  context.strokeStyle = token('--text');
  context.stroke();
  context.setLineDash([]);
}

function drawPicture(
  context: CanvasRenderingContext2D,
  at: number,
  drawing: MapDrawing,
  token: (name: string) => string,
): void {
  const { places, paint, view, screen, seen, selected, current, thumbnail } = drawing;
  const { x, y } = onScreen({ x: places[2 * at]!, y: places[2 * at + 1]! }, view, screen);
  const mark = paint(at);
  const colour = mark?.colour ?? token(mark?.token ?? '--fill');
  const image = thumbnail(at);
  const radius = seen.length <= dot.fewUpTo ? dot.few : dot.many;
  let [halfWidth, halfHeight] = [radius, radius];
  if (image) {
    const scale = thumbnailSide / Math.max(image.naturalWidth, image.naturalHeight, 1);
    halfWidth = (image.naturalWidth * scale) / 2;
    halfHeight = (image.naturalHeight * scale) / 2;
    context.fillStyle = token('--stage');
    context.fillRect(x - halfWidth - 2, y - halfHeight - 2, 2 * halfWidth + 4, 2 * halfHeight + 4);
    context.drawImage(image, x - halfWidth, y - halfHeight, 2 * halfWidth, 2 * halfHeight);
  }
  context.lineWidth = 1;
  if (mark || !image) {
    // On the corner of a thumbnail, where it covers the least.
    const [cx, cy] = image ? [x - halfWidth, y - halfHeight] : [x, y];
    context.beginPath();
    for (const [dx, dy] of outlineOf(mark?.shape ?? 'disc', radius))
      context.lineTo(cx + dx, cy + dy);
    context.closePath();
    context.fillStyle = colour;
    context.fill();
    // A colour of the scale of numbers may be as dark, or as light, as the ground.
    context.strokeStyle = token(mark?.colour ? '--text' : '--stage');
    context.stroke();
  }
  const isCurrent = at === current;
  if (!isCurrent && !selected.has(at)) return;
  const room = isCurrent ? 5 : 3;
  context.lineWidth = 2;
  context.strokeStyle = token(isCurrent ? '--text' : '--accent');
  context.strokeRect(
    ...([x - halfWidth - room, y - halfHeight - room] as const),
    ...([2 * (halfWidth + room), 2 * (halfHeight + room)] as const),
  );
  if (!isCurrent || !selected.has(at)) return;
  context.strokeStyle = token('--accent');
  context.strokeRect(x - halfWidth - 3, y - halfHeight - 3, 2 * halfWidth + 6, 2 * halfHeight + 6);
}
