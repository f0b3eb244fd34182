/** Numbers that compare a result with the truth and with what went in. SSIM is `ssim.ts`. */
import { plane, withData, type Field, type Span } from './field.ts';

/** Root mean square of a − b, in their unit. @param mask where to look; default: everywhere */
export function rmse(a: Field, b: Field, mask?: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < a.data.length; i++)
    if (!mask || mask[i]) {
      sum += (a.data[i]! - b.data[i]!) ** 2;
      count++;
    }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

/**
 * dB for the range of `span`; equal pictures count as 100.
 * @param mask where to look, one entry per value; default: everywhere
 */
export function psnr(result: Field, reference: Field, span: Span, mask?: Uint8Array): number {
  const error = rmse(result, reference, mask);
  return error === 0 ? 100 : Math.min(100, 20 * Math.log10((span.high - span.low) / error));
}

/** Photographs are compared as they would be shown: cut off at black and white. */
export const clipped = (field: Field): Field =>
  withData(
    field,
    field.data.map((value) => Math.min(1, Math.max(0, value))),
  );

/**
 * What a cleaning did to the picture as a whole, in 8-bit steps of `span`.
 * - brightness: change of the mean over all channels, signed
 * - colour: the largest change of a channel's mean beyond that
 */
export function meanChange(
  result: Field,
  source: Field,
  { low, high }: Span,
): { brightness: number; colour: number } {
  const changes = Array.from({ length: result.channels }, (_, c) => {
    const [a, b] = [plane(result, c), plane(source, c)];
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i]! - b[i]!;
    return ((sum / a.length) * 255) / (high - low);
  });
  const brightness = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  const colour = Math.max(...changes.map((change) => Math.abs(change - brightness)));
  return { brightness, colour };
}

const BLOCK = 16;
/** Share of the blocks with signal that count as flat: those of least contrast. */
const FLAT_SHARE = 0.3;
/** Classes of brightness; a lift in the dark must not hide a drop in the light. */
const CLASSES = 4;

/**
 * Change of the mean level in flat regions, percent of the true level: the worst of four classes of
 * brightness. Flat: those 30 % of the 16 × 16 blocks of the reference that vary least, among those
 * whose mean lies above a tenth of the span.
 * @param from what the result is compared with: the noisy input, or the reference itself
 * @param zero the stored value that stands for no signal (air)
 * @returns 0 where nothing is flat
 */
export function flatChange(
  result: Field,
  from: Field,
  reference: Field,
  { low, high }: Span,
  zero: number,
): number {
  const { width, height } = reference;
  const blocks: { spread: number; level: number; change: number }[] = [];
  for (let top = 0; top + BLOCK <= height; top += BLOCK)
    for (let left = 0; left + BLOCK <= width; left += BLOCK) {
      let [sum, squares, change] = [0, 0, 0];
      for (let y = top; y < top + BLOCK; y++)
        for (let at = y * width + left; at < y * width + left + BLOCK; at++) {
          const value = reference.data[at]!;
          sum += value;
          squares += value * value;
          change += result.data[at]! - from.data[at]!;
        }
      const count = BLOCK * BLOCK;
      const level = sum / count;
      if (level < low + 0.1 * (high - low)) continue;
      blocks.push({ spread: squares / count - level * level, level, change: change / count });
    }
  blocks.sort((a, b) => a.spread - b.spread);
  const flat = blocks.slice(0, Math.ceil(FLAT_SHARE * blocks.length));
  flat.sort((a, b) => a.level - b.level);
  let worst = 0;
  for (let c = 0; c < CLASSES; c++) {
    const part = flat.slice(
      Math.round((c * flat.length) / CLASSES),
      Math.round(((c + 1) * flat.length) / CLASSES),
    );
    if (part.length === 0) continue;
    const change = part.reduce((sum, block) => sum + block.change, 0);
    const level = part.reduce((sum, block) => sum + block.level - zero, 0);
    if (Math.abs(change / level) > Math.abs(worst)) worst = change / level;
  }
  return 100 * worst;
}
