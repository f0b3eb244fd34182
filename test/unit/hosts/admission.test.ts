/** What a page may speak of: files that a host admitted, by ids that nobody can guess. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAdmission } from '../../../app/hosts/shared/admission.ts';
import { scratchFolder } from '../pixels/support.ts';

const folder = scratchFolder();
const path = join(folder, 'a.jpg');
writeFileSync(path, 'pixels');

it('a path is no id, admitted or not, and neither is a number that was counted on', async () => {
  const admission = createAdmission();
  const { source } = await admission.admit(path);
  expect(admission.pathOf(source)).toBe(path);
  for (const other of [
    path,
    '/etc/passwd',
    `file://${path}`,
    `@${path}`,
    '@',
    '@1',
    '',
    `${source}A`,
  ])
    for (const ask of [admission.pathOf, admission.filesOf])
      expect(() => ask(other), other).toThrow(expect.objectContaining({ code: 'not-allowed' }));
  admission.forget(path);
  expect(() => admission.pathOf(source)).toThrow(expect.objectContaining({ code: 'not-allowed' }));
});

it('an id holds 96 bits that are those of no other host', async () => {
  const ids = await Promise.all(
    Array.from({ length: 50 }, async () => (await createAdmission().admit(path)).source),
  );
  for (const id of ids) expect(id).toMatch(/^@[\w-]{16}$/);
  expect(new Set(ids).size).toBe(50);
});
