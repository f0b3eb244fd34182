/** Sending to an archive: what goes over the wire, and what is said where it does not go well. Never is a token in it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { archiveUrl, isInTheOpen, tokenIn } from '../../../app/contract/archive.ts';
import { HourglassError, toHourglassError } from '../../../app/contract/index.ts';
import { storeFile } from '../../../app/scans/stow.ts';
import { madeDicom } from './made-dicom.ts';

const folder = mkdtempSync(join(tmpdir(), 'hourglass-stow-'));
const source = join(folder, 'a.dcm');
const token = 'very-secret-token';
interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
type Answer =
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
  | 'silence'
  | 'hang-up';
let asked: Asked[] = [];
let answer: Answer = { status: 200 };
let server: Server;
let base = '';
beforeAll(async () => {
  writeFileSync(source, madeDicom());
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      asked.push({ url: request.url!, headers: request.headers, body: Buffer.concat(parts) });
      if (answer === 'silence') return;
      if (answer === 'hang-up') return void request.socket.destroy();
      response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    });
  });
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web`;
});
afterEach(() => {
  asked = [];
  answer = { status: 200 };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const send = (
  given: { to?: string; token?: string | null; timeoutMs?: number; signal?: AbortSignal } = {},
) =>
  storeFile(
    source,
    {
      url: archiveUrl(given.to ?? base),
      token: given.token === undefined ? token : given.token,
      timeoutMs: given.timeoutMs ?? 5000,
    },
    given.signal ?? new AbortController().signal,
  );
const failure = async (...of: Parameters<typeof send>): Promise<HourglassError> =>
  send(...of).then(
    () => expect.fail('it was stored'),
    (error: unknown) => toHourglassError(error),
  );

describe('what is sent', () => {
  test('is the file, byte by byte, as one part, with the token in one header', async () => {
    const body = JSON.stringify({
      '00081199': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3.4'] } }] },
    });
    answer = { status: 200, body };
    expect(await send()).toEqual({
      source,
      sopInstance: '1.2.3.4',
      bytes: readFileSync(source).length,
      warning: null,
    });
    const [{ url, headers, body: sent }] = asked as [Asked];
    expect(url).toBe('/dicom-web/studies');
    expect(headers.authorization).toBe(`Bearer ${token}`);
    expect(headers.accept).toBe('application/dicom+json');
    const boundary = /boundary=(\S+)$/.exec(headers['content-type']!)![1]!;
    const expected = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
      readFileSync(source),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    expect(sent.equals(expected)).toBe(true);
    expect(Number(headers['content-length'])).toBe(expected.length);
  });

  test('has another scheme where the token says so, and none where there is none', async () => {
    await send({ token: 'Basic dTpw' });
    await send({ token: null });
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Basic dTpw', undefined]);
  });

  test('may have been changed: that is said', async () => {
    const item = { '00081155': { Value: ['1.2.3.4'] }, '00081196': { Value: [0xb000] } };
    answer = { status: 202, body: JSON.stringify({ '00081199': { Value: [item] } }) };
    expect((await send()).warning).toBe('B000');
  });
});

describe('over https', () => {
  const pem = join(folder, 'own.pem');
  const asked: string[] = [];
  let secure: TlsServer;
  let port = 0;
  beforeAll(async () => {
    const key = join(folder, 'own.key');
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-subj', '/CN=archive', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'],
        ...['-keyout', key, '-out', pem],
      ],
      { stdio: 'ignore' },
    );
    const files = { key: readFileSync(key), cert: readFileSync(pem) };
    secure = createTlsServer(files, (request, response) => {
      asked.push(request.url!);
      request.resume().on('end', () => response.writeHead(200).end(''));
    });
    await new Promise<void>((settle) => secure.listen(0, '127.0.0.1', settle));
    port = (secure.address() as AddressInfo).port;
  });
  afterEach(() => {
    asked.length = 0;
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  });
  afterAll(() => {
    secure.closeAllConnections();
    secure.close();
  });
  const sendTo = (host: string, authorities?: string) =>
    storeFile(
      source,
      { url: archiveUrl(`https://${host}:${port}/dicom-web`), token, authorities, timeoutMs: 5000 },
      new AbortController().signal,
    );
  const refusal = (host: string, authorities?: string): Promise<HourglassError> =>
    sendTo(host, authorities).then(
      () => expect.fail('it was stored'),
      (error: unknown) => toHourglassError(error),
    );

  test('a certificate that nobody vouches for gets nothing, whatever the environment says', async () => {
    for (const off of [false, true]) {
      if (off) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
      const error = await refusal('127.0.0.1');
      expect(error.code).toBe('archive-not-usable');
      expect(error.message).toMatch(/can not be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
      expect(error.hint).toMatch(/--ca/);
      expect(error.details).toEqual({ forAll: true });
    }
    expect(asked).toEqual([]);
  });

  test('an archive is believed by the certificate that was named, and by its own name alone', async () => {
    const own = readFileSync(pem, 'utf8');
    expect((await sendTo('127.0.0.1', own)).sopInstance).toBe('1.2.3.4');
    expect(asked).toEqual(['/dicom-web/studies']);
    const error = await refusal('localhost', own);
    expect(error.message).toMatch(/can not be trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
    expect((await refusal('127.0.0.1')).message).toMatch(/can not be trusted/);
  });

  test.each(['', 'secret', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'what is no certificate is refused: %j',
    async (text) => {
      const error = await refusal('127.0.0.1', text);
      expect(error.code).toBe('invalid-parameter');
      expect(error.message).toMatch(/Expected certificates in PEM/);
      expect(asked).toEqual([]);
    },
  );
});

describe('what is not stored', () => {
  test.each([
    [401, /does not accept the token.*HTTP 401/, true],
    [403, /does not accept the token/, true],
    [404, /no STOW-RS service at this address/, true],
    [413, /too large/, false],
    [415, /files of this kind or transfer syntax/, false],
    [500, /had a fault.*HTTP 500/, false],
  ])('is said, HTTP %d', async (status, message, forAll) => {
    answer = { status, body: `secrets: ${token}` };
    const error = await failure();
    expect(error.code).toBe('archive-not-usable');
    expect(error.message).toMatch(message);
    expect(error.message).toContain('a.dcm, SOP instance 1.2.3.4');
    expect(error.details).toEqual({ status, sopInstance: '1.2.3.4', forAll });
    expect(JSON.stringify([error, error.stack, String(error.cause)])).not.toContain(token);
  });

  test.each([409, 202, 200])('is named with its reason, HTTP %d', async (status) => {
    const item = { '00081155': { Value: ['1.2.3.4'] }, '00081197': { Value: [0x0110] } };
    answer = { status, body: JSON.stringify({ '00081198': { Value: [item] } }) };
    expect((await failure()).message).toMatch(
      /did not store a\.dcm, SOP instance 1\.2\.3\.4; its reason is 0110/,
    );
    answer = { status: 409, body: '<xml/>' };
    expect((await failure()).message).toMatch(/SOP instance 1\.2\.3\.4\.$/);
  });

  test('is what an answer of success does not list', async () => {
    for (const body of ['{}', JSON.stringify({ '00081199': { Value: [] } })]) {
      answer = { status: 200, body };
      expect((await failure()).message).toMatch(/did not store a\.dcm, SOP instance 1\.2\.3\.4\.$/);
    }
  });

  test.each([
    [400, {}, true],
    [409, {}, true],
    [409, { '0020,000d': ['UI', '1.2'], '0020,000e': ['UI', '1.3'] }, false],
    [500, {}, false],
  ] as const)('may lack what archives file by: HTTP %d, %j', async (status, elements, isSaid) => {
    writeFileSync(source, madeDicom(elements as never));
    answer = { status };
    const { hint } = await failure();
    writeFileSync(source, madeDicom());
    expect(hint.includes('no UID of a study')).toBe(isSaid);
  });

  test('is not sent to where an answer points', async () => {
    answer = { status: 307, headers: { location: `${base}/elsewhere` } };
    expect((await failure()).message).toMatch(/not followed/);
    expect(asked).toHaveLength(1);
  });

  test('for want of a connection, an answer or patience', async () => {
    expect((await failure({ to: 'http://127.0.0.1:9/dicom-web' })).message).toMatch(
      /127\.0\.0\.1:9 can not be reached \(ECONNREFUSED\)/,
    );
    answer = 'hang-up';
    expect((await failure()).message).toMatch(/can not be reached \(ECONNRESET\)/);
    answer = 'silence';
    expect((await failure({ timeoutMs: 200 })).message).toMatch(/said nothing for/);
    const gone = new AbortController();
    setTimeout(() => gone.abort(), 100);
    expect((await failure({ signal: gone.signal })).code).toBe('cancelled');
    // Whatever became of it, it is there and can be sent again.
    answer = { status: 200 };
    expect((await send()).sopInstance).toBe('1.2.3.4');
  });
});

describe('addresses and tokens', () => {
  test('are taken as people write them', () => {
    for (const address of [
      'https://a.example/dicom-web',
      'https://a.example/dicom-web/',
      'https://a.example/dicom-web/studies',
    ])
      expect(String(archiveUrl(address))).toBe('https://a.example/dicom-web/studies');
    expect(archiveUrl('http://x/studies/1.2.3').pathname).toBe('/studies/1.2.3');
    expect(isInTheOpen(archiveUrl('http://a.example/'))).toBe(true);
    for (const address of [
      'https://a.example/',
      'http://localhost:8042/',
      'http://127.0.0.1/',
      'http://[::1]:1/',
    ])
      expect(isInTheOpen(archiveUrl(address))).toBe(false);
    expect(tokenIn('abc\r\nmore', 'x')).toBe('abc');
    expect(tokenIn('Basic dTpw\n', 'x')).toBe('Basic dTpw');
  });

  test('that are none are refused, and not repeated', () => {
    for (const address of [
      'a.example',
      'ftp://a/',
      'https://user:secret@a/',
      'https://a/?key=secret',
      'file:///etc/passwd',
    ])
      expect(() => archiveUrl(address)).toThrow(/^The address of the archive must begin with/);
    for (const text of ['', '\n', 'a b secret', 'secret\u00e9'])
      expect(() => tokenIn(text, 'token.txt')).toThrow(
        /^What token\.txt holds is no token: (?!.*secret)/,
      );
  });
});
