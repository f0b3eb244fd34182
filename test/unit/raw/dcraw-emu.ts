/** Debian's `dcraw_emu` (LibRaw 0.20), with which developed pixels are compared. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { debianTool } from '../../debian.ts';

export const dcrawEmu = debianTool('dcraw_emu', 'libraw-bin');

export interface PlainPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint16Array;
}

/** White balance (default: the camera's), no brightening, 16 bits, white as the file says; more as in `more`. */
export function developByTool(
  path: string,
  more: readonly string[],
  balance: readonly string[] = ['-w'],
): PlainPicture {
  // It ends with 0 also when it fails: the output says whether there is one.
  const output = `${path}.ppm`;
  rmSync(output, { force: true });
  execFileSync(dcrawEmu!, [...balance, '-W', '-4', '-c', '0', ...more, path], { stdio: 'ignore' });
  if (!existsSync(output)) throw new Error(`dcraw_emu wrote nothing for ${path}`);
  const bytes = readFileSync(output);
  const [head, width, height] = /^P6\s(\d+) (\d+)\s65535\s/.exec(bytes.toString('latin1', 0, 64))!;
  const pixels = Uint8Array.from(bytes.subarray(head.length));
  return {
    width: Number(width),
    height: Number(height),
    data: new Uint16Array(Buffer.from(pixels.buffer).swap16().buffer),
  };
}

export const proPhoto = ['-o', '4', '-g', '1.8', '16'] as const;

/** Samples that differ, in percent, and by how much at most. */
export function differing(
  one: ArrayLike<number>,
  other: ArrayLike<number>,
): { percent: number; most: number } {
  if (one.length !== other.length) return { percent: 100, most: Infinity };
  let count = 0;
  let most = 0;
  for (let i = 0; i < one.length; i++) {
    const by = Math.abs(one[i]! - other[i]!);
    if (by > 0) count += 1;
    most = Math.max(most, by);
  }
  return { percent: (100 * count) / one.length, most };
}
