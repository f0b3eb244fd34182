/** A short walk of test/walk: what the screen calls final is what the export holds. The long ones are `npm run walk`. */
import { expect, test } from '@playwright/test';
import { rm } from 'node:fs/promises';
import type { Step } from '../walk/actions.ts';
import { walk, type WalkOptions, type WalkResult } from '../walk/walk.ts';
import { missing } from './compress-page.ts';

test.skip(missing !== null, missing ?? '');
test.setTimeout(300_000);

const go = async (
  options: Pick<WalkOptions, 'seed' | 'steps' | 'list' | 'within'>,
): Promise<WalkResult> => {
  const folder = test.info().outputPath('walk');
  try {
    return await walk({
      ...options,
      door: 'browser',
      folder,
      shots: test.info().outputPath('shots'),
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};

const honest = ({ findings, differingPixels, notFound, log }: WalkResult): void => {
  expect({ findings, differingPixels, notFound }, log.join('\n')).toEqual({
    findings: [],
    differingPixels: 0,
    notFound: 0,
  });
};

test('a layer that had to go is made again before it is called final', async () => {
  const list: Step[] = [
    // The cleaned layer is pushed out by two qualities, and comes back to a zoom that was not seen before.
    { do: 'workspace', to: 'Compress' },
    { do: 'quality', to: 40 },
    { do: 'quality', to: 20 },
    { do: 'workspace', to: 'Clean' },
    { do: 'zoom', to: '100 %' },
    // A quality that was shown before is the oldest layer; the other format would push it out.
    { do: 'zoom', to: 'Fit' },
    { do: 'workspace', to: 'Compress' },
    { do: 'quality', to: 60 },
    { do: 'quality', to: 20 },
    { do: 'compare with', to: 'JPEG' },
    { do: 'zoom', to: '100 %' },
  ];
  honest(await go({ seed: 0, steps: list.length, list }));
});

test('a random walk: every picture that is called final equals its export', async () => {
  const result = await go({ seed: 7, steps: 40, within: 50_000 });
  honest(result);
  expect(result.final).toBeGreaterThan(0);
});
