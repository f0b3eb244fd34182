/** The browser host refuses whoever is not its own page, and whatever was not opened. */
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jpegBytes, json, startHarness, type Ask, type Harness } from './harness.ts';

let host: Harness;
beforeAll(async () => {
  host = await startHarness();
});
afterAll(() => host.close());
beforeEach(() => {
  host.log.length = 0;
  host.program.calls.length = 0;
  host.program.tiles.length = 0;
});

const expectRefused = async (ask: Ask, reason: RegExp): Promise<void> => {
  const answer = await host.ask(ask);
  expect(answer.status).toBe(403);
  expect(answer.json()).toMatchObject({ error: { code: 'not-allowed' } });
  expect(host.log.join('\n')).toMatch(reason);
  expect(host.log.join('\n')).not.toContain(host.server.token);
};

describe('who may ask', () => {
  it('serves the page to who has the token', async () => {
    const answer = await host.ask({});
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('has a token of at least 128 random bits', async () => {
    expect(Buffer.from(host.server.token, 'base64url').length).toBeGreaterThanOrEqual(16);
    const other = await startHarness();
    expect(other.server.token).not.toBe(host.server.token);
    await other.close();
  });

  it.each(['/', '/wrong/', '/api/info', '/%00/', '//', `/${'a'.repeat(5000)}/`])(
    'refuses the address %s without the token',
    (path) => expectRefused({ path }, /token/),
  );

  it('says in words what is missing, to who looks at it', async () => {
    for (const path of ['/', '/index.html', '/wrong-token/']) {
      const answer = await host.ask({ path, headers: { accept: 'text/html,*/*' } });
      expect(answer.status).toBe(403);
      expect(answer.headers['content-type']).toMatch(/^text\/plain/);
      expect(answer.body.toString()).toMatch(/^This is Hourglass, but the address lacks/);
    }
    const { body } = await host.ask({ path: '/', headers: { accept: '*/*' } });
    expect(JSON.parse(body.toString())).toMatchObject({ error: { code: 'not-allowed' } });
  }, 30_000);

  it('refuses a token that is only the beginning, or has more behind', async () => {
    const { token } = host.server;
    await expectRefused({ path: `/${token.slice(0, -1)}/` }, /token/);
    await expectRefused({ path: `/${token}x/` }, /token/);
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1.evil.example', '[::1]:80'])(
    'refuses the Host %s (DNS rebinding)',
    (name) => expectRefused({ headers: { host: name } }, /Host header/),
  );

  it('accepts localhost with the right port', async () => {
    const answer = await host.ask({ headers: { host: `localhost:${host.server.port}` } });
    expect(answer.status).toBe(200);
  });

  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost', 'file://'])(
    'refuses the Origin %s',
    (origin) => expectRefused({ headers: { origin } }, /origin/),
  );

  it.each(['cross-site', 'same-site', 'nonsense'])('refuses Sec-Fetch-Site %s', (site) =>
    expectRefused({ headers: { 'sec-fetch-site': site } }, /another site/),
  );

  it('accepts its own page', async () => {
    const origin = `http://127.0.0.1:${host.server.port}`;
    const headers = { origin, 'sec-fetch-site': 'same-origin' };
    expect((await host.ask({ to: 'api/info', headers })).status).toBe(200);
  });

  it('listens on the loopback only', async ({ skip }) => {
    const outside = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter((entry) => !entry.internal && entry.family === 'IPv4');
    skip(outside.length === 0, 'this machine has no address but the loopback');
    for (const { address } of outside) {
      const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
        const socket = connect({ host: address, port: host.server.port });
        socket.once('connect', () => resolve(null)).once('error', resolve);
        setTimeout(() => resolve(new Error('no answer')), 2000).unref();
      });
      expect(error).not.toBeNull();
    }
  });
});

describe('a launch code', () => {
  const pathOf = (address: string): string => new URL(address).pathname;

  it('is exchanged for the session once, and refused the second time', async () => {
    const { address, code } = host.server.launch(60_000);
    expect(address).not.toContain(host.server.token);
    const first = await host.ask({ path: pathOf(address) });
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe(`/${host.server.token}/`);
    expect(first.headers['cache-control']).toBe('no-store');
    const second = await host.ask({ path: pathOf(address) });
    expect(second.status).toBe(403);
    expect(second.headers.location).toBeUndefined();
    expect(second.body.toString()).toContain('opens Hourglass once');
    expect(host.log.join('\n')).toMatch(/launch code/);
    expect(host.log.join('\n')).not.toContain(code);
  });

  it('is worth nothing when its time is over', async () => {
    const { address } = host.server.launch(-1);
    expect((await host.ask({ path: pathOf(address) })).status).toBe(403);
  });

  it('is not used up by who could not use it', async () => {
    const path = pathOf(host.server.launch(60_000).address);
    const useless: Ask[] = [
      { path, headers: { host: 'evil.example' } },
      { path, headers: { origin: 'https://evil.example' } },
      { path, headers: { 'sec-fetch-site': 'cross-site' } },
      { path, method: 'HEAD' },
      { path, method: 'POST' },
      { path: `${path}/` },
    ];
    for (const ask of useless) expect((await host.ask(ask)).status).toBe(403);
    expect((await host.ask({ path })).status).toBe(303);
  });

  it.each(['/launch/', '/launch', '/launch/guess', '/launch/../api/info'])(
    'that was never given out is refused: %s',
    async (path) => {
      expect((await host.ask({ path })).status).toBe(403);
    },
  );
});

describe('headers', () => {
  it.each(['', 'api/info', 'tiles/open/source/0/0/0', 'nothing'])(
    'protects the answer at "%s"',
    async (to) => {
      const { headers } = await host.ask({ to });
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/https?:|\*|'unsafe-eval'/);
      expect(policy).toMatch(/script-src 'self'(;|$)/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );
});

describe('paths', () => {
  it.each([
    '../secret.txt',
    '..%2fsecret.txt',
    '%2e%2e/secret.txt',
    'assets/../../secret.txt',
    'assets/..%5c..%5csecret.txt',
    'assets/',
    'assets',
    'assets/main-1a2b.js%00',
  ])('serves nothing at %s', async (to) => {
    const answer = await host.ask({ to });
    expect([403, 404]).toContain(answer.status);
    expect(answer.body.toString()).not.toContain('outside the page');
  });

  it('serves the page’s own files, hashed ones for ever', async () => {
    const answer = await host.ask({ to: 'assets/main-1a2b.js' });
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(answer.headers['cache-control']).toContain('immutable');
  });

  it('keeps the token when the last slash is missing', async () => {
    const answer = await host.ask({ path: `/${host.server.token}` });
    expect(answer.status).toBe(308);
    expect(answer.headers.location).toBe(`/${host.server.token}/`);
  });

  it.each(['/etc/passwd', '../secret.txt', '@nothing', '@../secret.txt', 'file:///etc/passwd', ''])(
    'refuses the source "%s"',
    async (source) => {
      const answer = await host.ask({
        method: 'POST',
        to: 'api/run/open',
        headers: json,
        body: JSON.stringify({ source }),
      });
      expect(answer.status).toBe(403);
      expect(host.program.calls).toEqual([]);
      const thumbnail = await host.ask({ to: `thumbnails/${encodeURIComponent(source)}` });
      expect([403, 404]).toContain(thumbnail.status);
    },
  );

  it.each([
    'tiles/open/source/0/0/..%2f..%2f',
    'tiles/open/source/-1/0/0',
    'tiles/open/source/0/0/1e9',
  ])('refuses the tile %s', async (to) => {
    const answer = await host.ask({ to });
    expect([400, 404]).toContain(answer.status);
    expect(host.program.tiles).toEqual([]);
  });

  it.each(['downloads/..%2f..%2fsecret.txt', 'downloads/1', 'downloads/%2e%2e%2fx'])(
    'refuses the download %s',
    async (to) => {
      const answer = await host.ask({ to });
      expect([403, 404]).toContain(answer.status);
      expect(answer.body.toString()).not.toContain('outside the page');
    },
  );

  it('writes exports nowhere but into its private folder', async () => {
    const photo = join(host.scratch, 'photo.jpg');
    await writeFile(photo, jpegBytes);
    const { source } = await host.admit(photo);
    for (const out of [
      '/etc/cron.d/x',
      '../../x.jpg',
      '{dir}/../x.jpg',
      'C:\\Windows\\x.jpg',
      '..',
      '.',
      '',
    ]) {
      await host.ask({
        method: 'POST',
        to: 'api/run/denoise',
        headers: json,
        body: JSON.stringify({ source, out }),
      });
      const call = host.program.calls.at(-1);
      for (const given of [String(call?.input.out), String(call?.options.output?.path)]) {
        expect(given.startsWith(`${host.privatePath}/export-`)).toBe(true);
        expect(given.slice(host.privatePath.length).split('/')).toHaveLength(3);
        expect(given).not.toMatch(/\/\.\.?(\/|$)/);
      }
    }
  });
});

describe('bodies', () => {
  it.each(['[', '{"a":'])('refuses nesting without end in words (%j)', async (open) => {
    const close = open === '[' ? ']' : '}';
    const levels = Math.floor(250_000 / (open.length + 1));
    const deep = open.repeat(levels) + (open === '[' ? '' : '1') + close.repeat(levels);
    for (const [to, method] of [
      ['api/run/open', 'POST'],
      ['api/run/preview', 'POST'],
      ['api/preferences', 'PUT'],
      ['api/release', 'POST'],
    ] as const) {
      const answer = await host.ask({ to, method, headers: json, body: deep });
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({
        error: { code: 'invalid-parameter', message: expect.stringContaining('levels') },
      });
    }
    expect(host.program.calls).toEqual([]);
  });

  it('refuses what is not JSON, in type or in content', async () => {
    const to = 'api/run/open';
    const form = await host.ask({
      method: 'POST',
      to,
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    });
    expect(form.status).toBe(400);
    expect(form.json()).toMatchObject({
      error: {
        message:
          'Expected application/json for Content-Type but received "text/plain" of type string.',
      },
    });
    const broken = await host.ask({ method: 'POST', to, headers: json, body: '{"source":' });
    expect(broken.status).toBe(400);
    for (const body of ['[]', '"text"', '7', '{"source":7}'])
      expect((await host.ask({ method: 'POST', to, headers: json, body })).status).toBe(400);
    expect(host.program.calls).toEqual([]);
  });

  it('refuses a body above the limit, with and without a declared length', async () => {
    const body = `{"source":"${'x'.repeat(300_000)}"}`;
    const declared = await host.ask({ method: 'POST', to: 'api/run/open', headers: json, body });
    expect(declared.status).toBe(400);
    const chunked = await host.ask({
      method: 'POST',
      to: 'api/run/open',
      headers: { ...json, 'transfer-encoding': 'chunked' },
      body,
    });
    expect(chunked.status).toBe(400);
    expect(host.program.calls).toEqual([]);
  });

  it('names an unknown command', async () => {
    for (const command of ['format-disk', 'constructor', '__proto__']) {
      const answer = await host.ask({
        method: 'POST',
        to: `api/run/${command}`,
        headers: json,
        body: '{}',
      });
      expect(answer.status).toBe(404);
      expect(answer.json()).toMatchObject({ error: { code: 'unknown-command' } });
    }
  });
});
