/** The built page: how much a browser must load before it stands. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildIfStale, root } from '../../build/build.mjs';

const page = join(root, 'dist/renderer');
/** The script of the page and all that it imports before it runs, by their addresses. */
let first: readonly string[];

describe('the page as it is built', () => {
  beforeAll(async () => {
    await buildIfStale();
    const html = readFileSync(join(page, 'index.html'), 'utf8');
    first = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, address]) => address!);
  }, 180_000);

  it('stands with at most 250 kB of scripts', () => {
    expect(first.length).toBeGreaterThan(0);
    const bytes = first.reduce((sum, address) => sum + statSync(join(page, address)).size, 0);
    expect(bytes).toBeLessThanOrEqual(250_000);
  });

  it('loads no schemas for that, and names all that it loads', () => {
    for (const address of first) {
      const script = readFileSync(join(page, address), 'utf8');
      for (const [, other] of script.matchAll(/\bfrom ?["'`](\.\/[^"'`]+\.js)["'`]/g))
        expect(first).toContain(join('assets', other!));
      const map = JSON.parse(readFileSync(join(page, `${address}.map`), 'utf8')) as {
        readonly sources: readonly string[];
      };
      expect(map.sources.length).toBeGreaterThan(0);
      expect(map.sources.filter((source) => source.includes('node_modules/zod/'))).toEqual([]);
    }
  });
});
