/** Makes a copy of the program that has the toy capability: its folders in their places, and its lines in the tables. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../data.ts';

/** Folder of the toy, and where it goes. */
const places: Readonly<Record<string, string>> = {
  contract: 'app/contract',
  capability: 'app/invert',
  workspace: 'renderer/workspaces/invert',
};

/** The line that each table gets, with its import: behind what is named. */
const lines = [
  {
    table: 'app/contract/capabilities.ts',
    imports: "import { invertContract } from './invert.ts';",
    behind: '  denoiseContract,\n',
    line: '  invertContract,\n',
  },
  {
    table: 'app/jobs/engine/capabilities.ts',
    imports: "import { invertCapability } from '../../invert/index.ts';",
    behind: '  coreCapability,\n',
    line: '  invertCapability,\n',
  },
  {
    table: 'renderer/workspaces/index.ts',
    imports: "import { invert } from './invert/line.ts';",
    behind: '  clean,\n',
    line: '  invert,\n',
  },
] as const;

export const tables: readonly string[] = lines.map(({ table }) => table);

const copied = [
  ...['app', 'renderer', 'build', 'docs/manual'],
  ...['package.json', 'package-lock.json', 'tsconfig.json'],
];

/** A new folder; packages and models are those of this checkout. */
export function toyCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-toy-'));
  for (const shared of ['node_modules', 'models'])
    symlinkSync(join(repositoryRoot, shared), join(folder, shared), 'junction');
  for (const name of [...copied, '.dependency-cruiser.cjs'])
    cpSync(join(repositoryRoot, name), join(folder, name), {
      recursive: true,
      // The coder's WASM is as new as its sources, and is not made again.
      preserveTimestamps: true,
    });
  for (const [from, to] of Object.entries(places))
    cpSync(join(repositoryRoot, 'test/toy', from), join(folder, to), { recursive: true });
  for (const { table, imports, behind, line } of lines) {
    const path = join(folder, table);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(behind))
      throw new Error(`${table} has no “${behind.trim()}” to put the toy's line behind.`);
    const head = text.indexOf('import ');
    writeFileSync(
      path,
      `${text.slice(0, head)}${imports}\n${text.slice(head)}`.replace(behind, behind + line),
    );
  }
  return folder;
}

/** Runs a program of this checkout's packages in another one. @throws Error with what it printed */
export function inCheckout(folder: string, script: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}.\n${stdout}${stderr}`);
  return stdout;
}
