import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compared } from './compared.ts';
import { drawn, made, saved, writeModel } from './models.ts';

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'hourglass-tfjs-'));
});
afterAll(() => rmSync(place, { recursive: true }));

describe('a layers model, translated, gives what TensorFlow.js gives', () => {
  it.each(Object.keys(made))('%s', { timeout: 60_000 }, async (name) => {
    const folder = join(place, name.replace(/\W/g, '-'));
    const path = writeModel(folder, await saved(drawn(made[name]!()), 2));
    expect(await compared(path)).toBeLessThanOrEqual(1e-4);
  });
});
