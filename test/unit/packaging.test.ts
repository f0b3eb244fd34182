/** What describes packages is well-formed, and speaks of what is there. Packing itself is `npm run package -- --check`. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { targets } from '../../build/package/targets.mjs';
import { repositoryRoot } from '../data.ts';

const { load } = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown };
const read = <T>(path: string): T => load(readFileSync(join(repositoryRoot, path), 'utf8')) as T;

interface Job {
  readonly strategy?: { readonly matrix: { readonly include: Record<string, string>[] } };
  readonly steps: { readonly uses?: string; readonly run?: string }[];
}
interface Builder {
  readonly publish: null;
  readonly linux: { readonly target: string[] };
  readonly win: { readonly target: string[]; readonly extraFiles: Record<string, string>[] };
  readonly mac: { readonly target: string[] };
  readonly extraResources: { readonly from: string }[];
}
interface Flatpak {
  readonly 'app-id': string;
  readonly 'finish-args': string[];
  readonly modules: { readonly sources: { type: string; path?: string }[] }[];
}

const builder = read<Builder>('electron-builder.yml');

describe('packages', () => {
  it('each system has its installers, and nobody is asked for newer versions unless a publisher says whom', () => {
    expect(builder.linux.target).toEqual(['AppImage', 'deb', 'rpm', 'tar.gz']);
    expect(builder.win.target).toEqual(['nsis', 'portable', 'zip']);
    expect(builder.mac.target).toEqual(['dmg', 'zip']);
    expect(builder.publish).toBeNull();
  });

  it('what lies beside the archive is there', () => {
    const made = ['build/updates'];
    for (const { from } of [...builder.extraResources, ...builder.win.extraFiles])
      expect([from, made.includes(from!) || existsSync(join(repositoryRoot, from!))]).toEqual([
        from,
        true,
      ]);
  });

  it('the workflow packs and checks every system on one of its kind', () => {
    const { jobs } = read<{ jobs: Record<string, Job> }>('.github/workflows/package.yml');
    const matrix = jobs.installers!.strategy!.matrix.include;
    expect(matrix.map(({ target }) => target)).toEqual(['linux', 'win', 'mac']);
    const systems = { linux: /^ubuntu-/, win: /^windows-/, mac: /^macos-/ } as const;
    for (const { system, target, arch } of matrix) {
      expect(targets).toHaveProperty([`${target}-${arch}`]);
      expect(system).toMatch(systems[target as keyof typeof systems]);
    }
    for (const [name, { steps }] of Object.entries(jobs))
      expect([
        name,
        steps.filter(({ run }) => run?.includes('npm run package') && run.includes('--check'))
          .length,
      ]).toEqual([name, 1]);
  });

  it('the Flatpak is of what was packed, under the program’s name, and without a network', () => {
    const path = 'build/resources/flatpak/io.github.hourglass.Hourglass.yml';
    const flatpak = read<Flatpak>(path);
    expect(flatpak['app-id']).toBe(read<{ appId: string }>('electron-builder.yml').appId);
    expect(flatpak['finish-args'].filter((one) => one.includes('network'))).toEqual([]);
    const from = (given: string): string => resolve(repositoryRoot, dirname(path), given);
    const { sources } = flatpak.modules[0]!;
    expect(from(sources.find(({ type }) => type === 'dir')!.path!)).toBe(
      join(repositoryRoot, 'release/linux-x64/linux-unpacked'),
    );
    for (const { path: file } of sources.filter(({ type }) => type === 'file'))
      expect(existsSync(from(file!))).toBe(true);
  });

  it('scripts for consoles of Windows have its line ends', () => {
    for (const name of ['hourglass.cmd', 'hourglass.ps1']) {
      const text = readFileSync(join(repositoryRoot, 'build/resources/windows', name), 'utf8');
      expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    }
  });
});
