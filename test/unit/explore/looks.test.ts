import { expect, it, describe as group } from 'vitest';
import { LOOKS, looksOf, mirroredLooks, SIDE } from '../../../app/explore/looks.ts';
import { mirroredPlane, squared } from '../../../app/explore/plane.ts';
import { halved } from '../../../app/pixels/halved.ts';
import { areOne } from '../../../app/explore/same.ts';
import { alike, pairsOf } from '../../../app/explore/search.ts';
import { plane, scene, seen } from './pictures.ts';

group('planes', () => {
  it('become smaller by means of what each pixel covers', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    const given = { width: 4, height: 4, data };
    expect([...halved(data, 4, 4)]).toEqual([3.5, 5.5, 11.5, 13.5]);
    expect([...squared(given, 2)]).toEqual([3.5, 5.5, 11.5, 13.5]);
    expect([...squared(given, 4)]).toEqual([...data]);
    // A third of four pixels: one and a third of the next.
    const line = { width: 4, height: 1, data: Float32Array.of(0, 3, 6, 9) };
    const thirds = [...squared(line, 3)].slice(0, 3);
    for (const [at, value] of [0.75, 4.5, 8.25].entries()) expect(thirds[at]).toBeCloseTo(value, 5);
  });

  it('show a part of a plane, and its mirror image', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const given = { width: 4, height: 2, data };
    expect([...squared(given, 2, { x: 2, y: 0, width: 2, height: 2 })]).toEqual([3, 4, 7, 8]);
    expect([...mirroredPlane(given).data]).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
  });
});

group('looks', () => {
  it('of stripes are in the bin of their direction', () => {
    const stripes = new Float32Array(SIDE * SIDE);
    for (let i = 0; i < stripes.length; i++) stripes[i] = 0.5 + 0.4 * Math.sin((i % SIDE) / 3);
    const looks = looksOf(stripes);
    // Gradients run across: between the last bin and the first.
    const cell = [...looks.subarray(0, 9)];
    expect(Math.max(...cell)).toBe(Math.max(cell[0]!, cell[8]!));
    expect(cell[0]).toBeCloseTo(cell[8]!, 1);
    expect(cell[4]).toBeCloseTo(Math.log(1e-3), 3);
  });

  it('of a flat picture are finite, and those of its mirror image follow from them', () => {
    expect(looksOf(new Float32Array(SIDE * SIDE)).every((one) => Number.isFinite(one))).toBe(true);
    const picture = plane(scene(3), { width: SIDE, height: SIDE });
    const turned = mirroredLooks(looksOf(picture.data));
    const drawn = looksOf(mirroredPlane(picture).data);
    for (let i = 0; i < LOOKS; i++) expect(turned[i]).toBeCloseTo(drawn[i]!, 3);
  });
});

const edits = {
  'half the size': plane(scene(5), { width: 100, height: 75 }),
  'a crop': plane(scene(5), {}, (x, y) => [0.2 + 0.75 * x, 0.05 + 0.75 * y]),
  'turned a little': plane(scene(5), {}, (x, y) => {
    const [u, v] = [0.9 * (x - 0.5), 0.9 * (y - 0.5)];
    return [
      0.5 + u * Math.cos(0.07) - v * Math.sin(0.07),
      0.5 + u * Math.sin(0.07) + v * Math.cos(0.07),
    ];
  }),
  lighter: plane((x, y) => scene(5)(x, y) ** 0.6),
  mirrored: plane(scene(5), {}, (x, y) => [1 - x, y]),
} as const;
const others = Array.from({ length: 12 }, (_, at) => seen(plane(scene(100 + at))));
const original = seen(plane(scene(5)));

group('a picture that was edited', () => {
  it.each(Object.entries(edits))('%s: is nearer than others, and the same one', (name, edited) => {
    const one = seen(edited);
    const { cosine, form, isMirrored } = alike(one, original);
    for (const other of others) expect(alike(one, other).cosine).toBeLessThan(cosine);
    expect(isMirrored).toBe(name === 'mirrored');
    expect(areOne(one.tiny, original.tiny, form, isMirrored)).toBe(true);
    // Either way round.
    expect(areOne(original.tiny, one.tiny, form, isMirrored)).toBe(true);
  });

  it('two landscapes, light above and dark below, are not one', () => {
    // The sky and the ground agree; what stands there does not.
    const landscape = (at: number) => {
      const things = scene(at);
      return seen(
        plane((x, y) => {
          const ground = 1 / (1 + Math.exp(-14 * (y - 0.55 - 0.03 * Math.sin(3 * x))));
          return 0.9 - 0.75 * ground + 0.09 * (things(x, y) - 0.5);
        }),
      );
    };
    const [one, other] = [landscape(1), landscape(2)];
    expect(areOne(one.tiny, other.tiny, 0.6, false)).toBe(false);
    expect(areOne(one.tiny, one.tiny, 0.6, false)).toBe(true);
  });

  it('others are not', () => {
    for (const other of others) {
      const { isMirrored } = alike(original, other);
      // However alike their vectors were.
      expect(areOne(original.tiny, other.tiny, 0.99, isMirrored)).toBe(false);
    }
    const flat = seen(plane(() => 0.5));
    expect(areOne(flat.tiny, original.tiny, 0.99, false)).toBe(false);
  });
});

it('says what a cosine is worth among the pairs of a folder', () => {
  const pairs = pairsOf(others)!;
  expect(pairs.count).toBe(66);
  const cosines = others
    .flatMap((one, i) => others.slice(i + 1).map((other) => Math.fround(alike(other, one).cosine)))
    .sort((a, b) => a - b);
  expect(pairs.percentile(cosines[33]!)).toBeCloseTo(50, 0);
  expect(pairs.percentile(1)).toBe(100);
  expect(pairs.percentile(-1)).toBe(0);
  expect(pairsOf([original])).toBeNull();
});
