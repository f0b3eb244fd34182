/**
 * Half of a plane along each side: means of four. A last row or column without a neighbour is left out.
 * @param plane row by row, [height, width]
 * @returns [height >> 1, width >> 1]
 */
export function halved(plane: Float32Array, width: number, height: number): Float32Array {
  const [across, down] = [width >> 1, height >> 1];
  const out = new Float32Array(across * down);
  for (let y = 0; y < down; y++)
    for (let x = 0; x < across; x++) {
      const at = 2 * y * width + 2 * x;
      out[y * across + x] =
        (plane[at]! + plane[at + 1]! + plane[at + width]! + plane[at + width + 1]!) / 4;
    }
  return out;
}
