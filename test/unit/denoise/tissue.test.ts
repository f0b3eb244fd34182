import { describe, expect, test } from 'vitest';
import { levelOfTissue, tissueNoiseSteps } from '../../../app/denoise/noise/tissue.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import { plainScale, type Raster } from '../../../app/pixels/raster.ts';
import { normal } from '../../random.ts';

const SIDE = 512;

interface Options {
  readonly noise: number;
  /** Hounsfield units of most of the body. */
  readonly body?: number;
  readonly unit?: string | null;
  /** Hounsfield units of one step of the stored values. */
  readonly slope?: number;
}

/** A body with two lungs, a spine and a hundred vessels, in air. Its noise is white. */
function slice({ noise, body = 40, unit = 'HU', slope = 1 }: Options): Raster {
  const draw = normal(3);
  const data = new Int16Array(SIDE * SIDE);
  for (let y = 0, at = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++, at++) {
      const [u, v] = [x - 256, y - 256];
      const lung = Math.hypot((Math.abs(u) - 90) / 60, v / 90) < 1;
      const vessel = Math.hypot((x % 40) - 20, (y % 40) - 20) < 4;
      const hu =
        Math.hypot(u / 230, v / 160) > 1
          ? -1000
          : lung
            ? vessel
              ? 60
              : -850
            : Math.hypot(u, v - 110) < 25
              ? 700
              : vessel
                ? body + 90
                : body;
      data[at] = Math.round((hu + noise * draw()) / slope);
    }
  const scale = { ...plainScale('int16'), slope, unit };
  return {
    ...{ width: SIDE, height: SIDE, channels: 1, hasAlpha: false, sampleType: 'int16' },
    ...{ data, scale },
  };
}

function read(options: Options): { found: number | null; level: number } {
  const picture = lookAt({ raster: slice(options), content: { family: 'scan', reason: '' } });
  const steps = tissueNoiseSteps(picture);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return { found: value, level: levelOfTissue(value ?? NaN, picture) };
  }
}

describe('noise in the soft tissue of CT', () => {
  test.each([5, 12, 25, 60])('%d HU are read within 10 percent', (noise) => {
    const { found, level } = read({ noise });
    expect(Math.abs(found! / noise - 1)).toBeLessThan(0.1);
    // From air to bone there are 1,700 to 2,000 of them.
    expect(level / (found! / 7)).toBeCloseTo(1, 0);
  });
  test('a step of the stored values may be more than one', () => {
    const [one, two] = [read({ noise: 25 }), read({ noise: 25, slope: 2 })];
    expect(Math.abs(two.found! / one.found! - 1)).toBeLessThan(0.05);
    expect(Math.abs(two.level / one.level - 1)).toBeLessThan(0.05);
  });
  test('nothing is known where values are not Hounsfield units, or nothing is soft tissue', () => {
    expect(read({ noise: 25, unit: null }).found).toBeNull();
    expect(read({ noise: 25, unit: 'Bq/ml' }).found).toBeNull();
    expect(read({ noise: 5, body: 900 }).found).toBeNull();
  });
});
