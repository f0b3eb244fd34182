/**
 * Writes lossless JPEG as DNG holds it (ITU-T T.81, annex H; DNG 1.7.1, chapter 3): 16 bits, predictor 1, one Huffman table for all components.
 * A mosaic is stored as two components of half its width.
 */
export function losslessJpeg(
  samples: Uint16Array,
  {
    width,
    height,
    components,
  }: { readonly width: number; readonly height: number; readonly components: 2 | 3 },
): Uint8Array {
  const across = components === 2 ? width / 2 : width;
  const row = across * components;
  const differences = Array.from(samples, (value, at) => {
    const x = at % row;
    const before =
      x >= components ? samples[at - components]! : at >= row ? samples[at - row]! : 32768;
    return ((value - before + 32768) & 0xffff) - 32768;
  });
  // Seventeen categories, each with a code of 5 bits: 00000 to 10000.
  const lengths = [0, 0, 0, 0, 17, ...Array.from({ length: 11 }, () => 0)];
  const categories = Array.from({ length: 17 }, (_, category) => category);
  const word = (value: number): number[] => [value >> 8, value & 255];
  const head = [
    ...[0xff, 0xd8, 0xff, 0xc4, ...word(2 + 1 + 16 + 17), 0, ...lengths, ...categories],
    ...[0xff, 0xc3, ...word(8 + 3 * components), 16, ...word(height), ...word(across), components],
    ...Array.from({ length: components }, (_, id) => [id, 0x11, 0]).flat(),
    ...[0xff, 0xda, ...word(6 + 2 * components), components],
    ...Array.from({ length: components }, (_, id) => [id, 0]).flat(),
    ...[1, 0, 0],
  ];
  const body: number[] = [];
  let waiting = 0;
  let bits = 0;
  const put = (value: number, count: number): void => {
    for (let bit = count - 1; bit >= 0; bit--) {
      waiting = (waiting << 1) | ((value >> bit) & 1);
      if (++bits < 8) continue;
      body.push(waiting, ...(waiting === 255 ? [0] : []));
      waiting = bits = 0;
    }
  };
  for (const difference of differences) {
    const category = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
    put(category, 5);
    // Category 16 is −32768 alone, without further bits (H.1.2.2).
    if (category < 16)
      put(difference > 0 ? difference : difference + (1 << category) - 1, category);
  }
  if (bits > 0) put(255, 8 - bits);
  return Uint8Array.from([...head, ...body, 0xff, 0xd9]);
}
