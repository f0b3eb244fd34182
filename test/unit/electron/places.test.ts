/** The page's template is followed to where it really leads, before anything is written. */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWindowOutputs } from '../../../app/hosts/electron/outputs.ts';
import { createAdmission } from '../../../app/hosts/shared/admission.ts';
import { createPageDoor, type PageDoor } from '../../../app/hosts/shared/page-door.ts';
import { FakeProgram, jpegBytes } from '../web/harness.ts';

let folder: string;
let photos: string;
let chosen: string;
let source: string;
let program: FakeProgram;
let door: PageDoor;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'hourglass-places-')));
  photos = join(folder, 'photos');
  chosen = join(folder, 'chosen');
  for (const one of [photos, chosen]) await mkdir(one);
  await writeFile(join(photos, 'church.jpg'), jpegBytes);
  const outputs = await createWindowOutputs({
    rememberIn: join(folder, 'export-folders.json'),
    picturesFolder: join(folder, 'pictures'),
    ownFolders: [],
  });
  await outputs.allowFolder(chosen);
  const admission = createAdmission();
  ({ source } = await admission.admit(join(photos, 'church.jpg')));
  program = new FakeProgram();
  program.answer = async ({ options }) => ({ output: options.output?.path });
  door = createPageDoor({ program, sources: admission, outputs });
});
afterEach(() => rm(folder, { recursive: true }));

const write = (input: Record<string, unknown>): Promise<unknown> =>
  door.run('denoise', { source, ...input }, {});

it('what stays in the folder is written', async () => {
  for (const out of [
    `${chosen}/{name}-clean.{ext}`,
    `${chosen}/..{name}.png`,
    '{dir}/{name}-{model}.png',
  ])
    await write({ out });
  const latent = { source, out: `${chosen}/{name}.hgl` };
  await door.run('encode', latent, {});
  // Named here, once: the program is told where, and looks at no template again.
  expect(program.calls.map(({ options }) => options.output)).toEqual([
    { path: join(chosen, 'church-clean.jpg'), format: 'jpeg', notices: [] },
    { path: join(chosen, '..church.png'), format: 'png', notices: [] },
    { path: join(photos, 'church-auto.png'), format: 'png', notices: [] },
    { path: join(chosen, 'church.hgl'), format: 'hgl', notices: [] },
  ]);
});

it.each([
  // The chosen folder, and `..` with the source's folder glued to it: /chosen/../photos.png
  ['a name that climbs', { out: '<chosen>/..{dir}.png' }],
  ['a folder inside the name', { out: '<chosen>/{dir}.png' }],
  ['beside the original', { out: '{dir}/..{dir}.png' }],
  ['a model that is a path', { out: '<chosen>/{model}.png', model: '../../outside' }],
  ['a model below', { out: '{dir}/{model}.png', model: 'below/it' }],
  ['a latent file', { out: '<chosen>/..{dir}.hgl', command: 'encode' }],
])(
  '%s is refused, and the program is not asked',
  async (
    _,
    {
      out,
      command,
      model,
    }: {
      out: string;
      command?: string;
      model?: string;
    },
  ) => {
    const input = {
      source,
      out: out.replace('<chosen>', chosen),
      ...(model === undefined ? {} : { model }),
    };
    await expect(door.run(command ?? 'denoise', input, {})).rejects.toMatchObject({
      code: 'not-allowed',
    });
    expect(program.calls).toEqual([]);
  },
);

it('a folder that is a link is where it leads; a chosen one that became a link is still itself', async () => {
  const elsewhere = join(folder, 'elsewhere');
  await mkdir(elsewhere);
  await rm(chosen, { recursive: true });
  await symlink(elsewhere, chosen);
  await write({ out: `${chosen}/{name}.png` });
  expect(program.calls[0]!.options.output?.path).toBe(join(chosen, 'church.png'));
});
