/** A publisher on this machine: announces a version, signed, and hands it out. Every request is remembered. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Of each system, in the name that an updater of it asks for. */
export const announcements = [
  ...['latest-linux.yml', 'latest-linux-arm64.yml', 'latest.yml', 'latest-mac.yml'],
];

export class UpdatesFeed {
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  readonly #keys = generateKeyPairSync('ed25519');
  readonly #files = new Map<string, Buffer | number | { readonly to: string }>();
  readonly #server: Server = createServer(({ url = '/', headers }, answer) => {
    this.requests.push({ path: url, headers });
    const found = this.#files.get(new URL(url, 'http://feed').pathname) ?? 404;
    if (typeof found === 'number') answer.writeHead(found).end('no');
    else if ('to' in found) answer.writeHead(302, { location: found.to }).end();
    else answer.writeHead(200).end(found);
  });

  get paths(): string[] {
    return this.requests.map(({ path }) => path);
  }
  /** PEM of what it signs with. */
  get key(): string {
    return this.#keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  }
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await new Promise<void>((settle) => this.#server.listen(0, '127.0.0.1', settle));
  }
  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  put(path: string, answer: Buffer | number | { readonly to: string }): void {
    this.#files.set(path, answer);
  }

  /** @param program what the new version's file holds; `sha512` and `signedAs` are other than they should be, where given */
  announce(
    version: string,
    program: Buffer,
    wrong: { readonly sha512?: string; readonly signedAs?: string; readonly name?: string } = {},
  ): void {
    const sha512 = wrong.sha512 ?? createHash('sha512').update(program).digest('base64');
    const name = `Hourglass-${version}.AppImage`;
    const text = [
      `version: ${version}`,
      'files:',
      `  - url: ${name}`,
      `    sha512: ${sha512}`,
      `    size: ${program.length}`,
      `path: ${name}`,
      `sha512: ${sha512}`,
      "releaseDate: '2026-01-01T00:00:00.000Z'",
      '',
    ].join('\n');
    this.put(`/${name}`, program);
    for (const file of announcements) {
      const signed = Buffer.from(`${wrong.name ?? file}\n${wrong.signedAs ?? text}`);
      this.put(`/${file}`, Buffer.from(text));
      this.put(`/${file}.sig`, Buffer.from(this.signed(signed)));
    }
  }
  signed(bytes: Buffer): string {
    return sign(null, bytes, this.#keys.privateKey).toString('base64');
  }
}
