/** How clusters are told apart: by a colour and a shape, and by their number. */

/** Custom properties of `ui/tokens.css`: --mark-1 to --mark-6. */
const colours = 6;
export const shapes = ['disc', 'square', 'triangle', 'diamond'] as const;
export type Shape = (typeof shapes)[number];

/** @param cluster from 1 */
export const markOf = (cluster: number): { readonly token: string; readonly shape: Shape } => ({
  token: `--mark-${((cluster - 1) % colours) + 1}`,
  shape: shapes[Math.floor((cluster - 1) / colours) % shapes.length]!,
});

/** Outline around 0, with about the same area for every shape. @param radius of the disc */
export function outlineOf(shape: Shape, radius: number): readonly (readonly [number, number])[] {
  if (shape === 'square') {
    const half = 0.89 * radius;
    return [
      [-half, -half],
      [half, -half],
      [half, half],
      [-half, half],
    ];
  }
  if (shape === 'triangle') {
    const side = 1.35 * radius;
    return [
      [0, -side],
      [0.87 * side, 0.6 * side],
      [-0.87 * side, 0.6 * side],
    ];
  }
  if (shape === 'diamond') {
    const half = 1.25 * radius;
    return [
      [0, -half],
      [half, 0],
      [0, half],
      [-half, 0],
    ];
  }
  return Array.from({ length: 16 }, (_, at) => {
    const angle = (at * Math.PI) / 8;
    return [radius * Math.cos(angle), radius * Math.sin(angle)] as const;
  });
}
