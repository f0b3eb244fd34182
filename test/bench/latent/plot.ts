/** A plot of curves as SVG: readable on light and dark pages, no script, no fonts of its own. */
export interface PlotCurve {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [number, number])[];
}

const WIDTH = 720;
const HEIGHT = 440;
const FRAME = { left: 56, right: 16, top: 16, bottom: 44 };

/** @param range of x (logarithmic) and y */
export function plot(
  title: string,
  axes: { readonly x: string; readonly y: string },
  curves: readonly PlotCurve[],
  range: { readonly x: readonly number[]; readonly y: readonly number[] },
): string {
  const [left, right] = [range.x[0]!, range.x.at(-1)!];
  const [bottom, top] = [range.y[0]!, range.y.at(-1)!];
  const inner = {
    width: WIDTH - FRAME.left - FRAME.right,
    height: HEIGHT - FRAME.top - FRAME.bottom,
  };
  const x = (value: number): number =>
    FRAME.left + (Math.log(value / left) / Math.log(right / left)) * inner.width;
  const y = (value: number): number => FRAME.top + ((top - value) / (top - bottom)) * inner.height;
  const round = (value: number): string => value.toFixed(1);
  const text = (at: readonly [number, number], content: string, more = '') =>
    `<text x="${round(at[0])}" y="${round(at[1])}" ${more}>${content}</text>`;
  const lines: string[] = [];
  for (const value of range.x)
    lines.push(
      `<path d="M${round(x(value))} ${FRAME.top}V${HEIGHT - FRAME.bottom}" class="g"/>`,
      text([x(value), HEIGHT - FRAME.bottom + 16], String(value), 'text-anchor="middle"'),
    );
  for (const value of range.y)
    lines.push(
      `<path d="M${FRAME.left} ${round(y(value))}H${WIDTH - FRAME.right}" class="g"/>`,
      text([FRAME.left - 8, y(value) + 4], String(value), 'text-anchor="end"'),
    );
  curves.forEach(({ name, colour, points }, i) => {
    const seen = points.filter(([a, b]) => a >= left && a <= right && b >= bottom && b <= top);
    const path = seen.map(([a, b]) => `${round(x(a))} ${round(y(b))}`).join('L');
    lines.push(`<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const [a, b] of seen)
      lines.push(`<circle cx="${round(x(a))}" cy="${round(y(b))}" r="2.5" fill="${colour}"/>`);
    const row = HEIGHT - FRAME.bottom - 14 - 18 * (curves.length - 1 - i);
    lines.push(
      `<path d="M${WIDTH - 130} ${row - 4}h22" stroke="${colour}" stroke-width="2"/>`,
      text([WIDTH - 100, row], name),
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
<style>text{font:12px system-ui,sans-serif;fill:#666}.g{stroke:#888;stroke-opacity:.3}</style>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${lines.join('\n')}
${text([FRAME.left + inner.width / 2, HEIGHT - 8], axes.x, 'text-anchor="middle"')}
${text([14, FRAME.top + inner.height / 2], axes.y, `text-anchor="middle" transform="rotate(-90 14 ${round(FRAME.top + inner.height / 2)})"`)}
</svg>
`;
}
