/** What is made of a variational network: the way back alone, ways between codes, and a file that says that nothing in it was photographed. */
import { describe, expect, it } from 'vitest';
import { codesAlong, codesBetween, decoderOf, drawnCodes } from '../../../app/learn/decoder.ts';
import { generatedPng, sheetOf, sourceTypes } from '../../../app/learn/generated.ts';
import { nearestOf } from '../../../app/learn/nearest.ts';
import { fileOf, stepOf, type Plan } from '../../../app/learn/network.ts';
import { settingsOf } from '../../../app/learn/settings.ts';
import { ownMarkIn } from '../../../app/pixels/own-mark.ts';
import { sharp } from '../../../app/pixels/vips.ts';
import { drawn, learnt } from './drawn.ts';
import { openGraph } from './open-graph.ts';

const plan: Plan = {
  settings: settingsOf({ kind: 'variational', width: 5, patch: 8 }),
  ...{ tones: 1, half: false },
};

it('the way back alone gives what the whole network gives', async () => {
  const { theta } = stepOf(plan).first;
  const x = { data: drawn(3, 8), shape: [1, 1, 8, 8] };
  const blank = (shape: number[]) => ({
    data: new Float32Array(shape.reduce((a, b) => a * b)),
    shape,
  });
  const whole = await openGraph(fileOf(plan, theta), { threads: 1 });
  const { into } = await whole.run(
    { input: x },
    { output: blank([1, 1, 8, 8]), code: blank([1, 5]) },
  );
  const back = await openGraph(decoderOf(plan, theta, 1), { threads: 1 });
  const alone = await back.run({ code: into.code! }, { output: blank([1, 1, 8, 8]) });
  await Promise.all([whole.close(), back.close()]);
  expect(Math.max(...into.output!.data)).toBeGreaterThan(0);
  expect([...alone.into.output!.data]).toEqual([...into.output!.data]);
});

describe('codes', () => {
  it('are drawn by seed and place, as far away as the temperature says', () => {
    const of = (count: number, temperature = 1, seed = 7) =>
      drawnCodes(5, { count, seed, temperature });
    expect(of(3)).toEqual(of(9).slice(0, 3));
    expect(of(1, 1, 8)).not.toEqual(of(1));
    expect(of(1, 2)[0]![2]).toBeCloseTo(2 * of(1)[0]![2]!, 5);
    expect([...of(1, 0)[0]!].map(Math.abs)).toEqual([0, 0, 0, 0, 0]);
  });

  it('lie on the arc between two, which keeps its length, and on a line where there is no arc', () => {
    const way = codesBetween(Float32Array.of(2, 0), Float32Array.of(0, 2), 3);
    expect([...way[1]!].map((value) => value.toFixed(4))).toEqual(['1.4142', '1.4142']);
    expect([...way[0]!, ...way[2]!].map((value) => Number(value.toFixed(5)))).toEqual([2, 0, 0, 2]);
    const line = codesBetween(Float32Array.of(1, 1), Float32Array.of(0, 0), 3);
    expect([...line[1]!]).toEqual([0.5, 0.5]);
    expect([...codesBetween(Float32Array.of(1, 0), Float32Array.of(-1, 0), 3)[1]!]).toEqual([0, 0]);
  });

  it('move in one unit alone', () => {
    const along = codesAlong(Float32Array.of(1, 2, 3), 1, 3);
    expect(along.map((code) => [...code])).toEqual([
      [1, -3, 3],
      [1, 0, 3],
      [1, 3, 3],
    ]);
  });
});

it('the nearest is found in any symmetry, and how far it is', () => {
  const images = learnt(3, 32);
  const { data } = images[1]!.pieces[0]!;
  // The square at (8, 16), mirrored, a little brighter.
  const square = Float32Array.from(
    { length: 64 },
    (_, i) => data[(16 + Math.floor(i / 8)) * 32 + 8 + 7 - (i % 8)]! + 0.01,
  );
  const [found] = nearestOf([square], images, { tones: 1, patch: 8, turns: 8 });
  expect(found!.image).toBe(1);
  expect(found!.distance).toBeCloseTo(0.01, 4);
  expect(nearestOf([square], [], { tones: 1, patch: 8, turns: 8 })).toEqual([null]);
});

describe('a file of what was made', () => {
  const squares = [new Float32Array(4).fill(1), null, new Float32Array(4).fill(0.5)];
  const sheet = { tones: 1, patch: 2, across: 2, zoom: 3 } as const;

  it('has the squares beside each other, as large as was asked for', () => {
    const { width, height, data } = sheetOf(squares, sheet);
    expect([width, height]).toEqual([14, 14]);
    const at = (x: number, y: number): number => data[3 * (y * width + x)]!;
    expect([at(0, 0), at(5, 5), at(6, 0), at(8, 0), at(0, 8)]).toEqual([255, 255, 24, 24, 128]);
  });

  it('says that it was generated, by the term of the IPTC and in our history', async () => {
    const mark = { software: 'Hourglass 9', action: 'generated <so>', type: sourceTypes.generated };
    const png = Buffer.from(await generatedPng(squares, sheet, mark));
    const { xmp, width } = await sharp(png).metadata();
    expect(width).toBe(14);
    const text = xmp!.toString();
    expect(text).toContain(
      'Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"',
    );
    expect(text).toContain('xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"');
    expect(ownMarkIn([png])).toBe('generated &lt;so&gt;');
  });
});
