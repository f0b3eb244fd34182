/**
 * Starts TypeScript of ours in a process of its own, for tests that must survive what it does:
 * bundled on the spot, because Node 20 runs no TypeScript.
 */
import { build } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './data.ts';

/** Bundles an entry (path from the repository's root) inside node_modules, where packages resolve. */
export async function bundleChild(entry: string): Promise<string> {
  const parent = join(repositoryRoot, 'node_modules/.cache/hourglass-tests');
  mkdirSync(parent, { recursive: true });
  const outfile = join(mkdtempSync(join(parent, 'child-')), 'child.mjs');
  await build({
    entryPoints: [join(repositoryRoot, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'error',
  });
  return outfile;
}

export const forkChild = (bundle: string, environment: Record<string, string> = {}): ChildProcess =>
  fork(bundle, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
