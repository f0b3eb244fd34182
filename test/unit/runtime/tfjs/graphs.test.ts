import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compared } from './compared.ts';
import { graphs } from './graphs.ts';
import { writeModel } from './models.ts';

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'hourglass-tfjs-'));
});
afterAll(() => rmSync(place, { recursive: true }));

describe('a graph model, translated, gives what TensorFlow.js gives', () => {
  it.each(Object.keys(graphs))('%s', { timeout: 60_000 }, async (name) => {
    const path = writeModel(join(place, name.replace(/\W/g, '-')), graphs[name]!());
    expect(await compared(path)).toBeLessThanOrEqual(1e-4);
  });
});
