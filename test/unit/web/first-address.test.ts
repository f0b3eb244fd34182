/** The address that a browser host hands out at its start opens one page, and holds no token of the session. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { scratchFolder } from '../pixels/support.ts';

const home = scratchFolder();
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
  }
});

/** What it prints, and what it tells the process that started it. */
async function started(): Promise<{ printed: string; told: string }> {
  const child = spawn(process.execPath, ['dist/app/hosts/web/main.js'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home },
  });
  children.push(child);
  const told = new Promise<string>((resolve) =>
    child.on('message', ({ address }: { address: string }) => resolve(address)),
  );
  const printed = new Promise<string>((resolve) => {
    let words = '';
    child.stdout!.on('data', (some: Buffer) => {
      const found = /http:\S+/.exec((words += some.toString()));
      if (found && words.includes('\n')) resolve(found[0]);
    });
  });
  return { printed: await printed, told: await told };
}

it('once each', async () => {
  const { printed, told } = await started();
  for (const address of [printed, told]) {
    expect(new URL(address).pathname).toMatch(/^\/launch\/[^/]+$/);
    const first = await fetch(address, { redirect: 'manual' });
    const session = new URL(first.headers.get('location')!, address);
    expect((await fetch(session, { headers: cookiesOf(first) })).status).toBe(200);
    const second = await fetch(address, { redirect: 'manual' });
    expect(second.status).toBeGreaterThanOrEqual(400);
    expect(second.headers.get('location')).toBeNull();
  }
});

it.skipIf(process.platform === 'win32')(
  'on the command line of a browser, which everybody on the machine reads, too',
  async () => {
    const [browser, line] = [join(home, 'browser'), join(home, 'line')];
    // Stays open, as a window does.
    writeFileSync(
      browser,
      `#!/bin/sh\necho "$@" > "${line}.part"; mv "${line}.part" "${line}"\nexec sleep 60\n`,
      { mode: 0o755 },
    );
    const child = spawn(process.execPath, ['dist/app/hosts/web/main.js', '--browser', browser], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DISPLAY: ':7', XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home },
    });
    children.push(child);
    await expect.poll(() => existsSync(line), { timeout: 20_000 }).toBe(true);
    const shown = /http:[^\s"]+/.exec(readFileSync(line, 'utf8'))![0];
    expect(new URL(shown).pathname).toMatch(/^\/launch\/[^/]+$/);
    const first = await fetch(shown, { redirect: 'manual' });
    const [, token] = first.headers.get('location')!.split('/');
    expect(readFileSync(line, 'utf8')).not.toContain(token);
    expect((await fetch(shown, { redirect: 'manual' })).status).toBe(403);
  },
);

const cookiesOf = (response: Response): Record<string, string> => ({
  cookie: response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; '),
});
