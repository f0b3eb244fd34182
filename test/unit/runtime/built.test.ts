import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findAbove, locateBuilt } from '../../../app/runtime/built.ts';
import { temporaryFolder } from '../jobs/helpers.ts';

const entry = 'jobs/engine/main.js';

describe('the built application', () => {
  it('is found from a chunk, from the sources, and missed with words', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'dist/app/jobs/engine'), { recursive: true });
    writeFileSync(join(root, 'dist/app', entry), '');
    for (const from of [
      'dist/app/chunks/chunk-A1.js',
      'dist/app/hosts/cli/main.js',
      'app/jobs/launch.ts',
    ])
      expect(locateBuilt(entry, join(root, from))).toBe(join(root, 'dist/app', entry));
    expect(() => locateBuilt(entry, join(temporaryFolder(), 'x.js'))).toThrow('npm run build');
  });

  it('has what ships beside it found from below', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'models'));
    expect(findAbove(['models'], join(root, 'dist/app/hosts/cli/main.js'))).toBe(
      join(root, 'models'),
    );
  });
});
