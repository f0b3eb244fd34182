/**
 * Whose certificates are believed: those that Node.js comes with, those of the system, those of `NODE_EXTRA_CA_CERTS`, and one that a
 * person names for a private archive. Nothing here, and nothing anywhere, leaves a certificate unchecked.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import * as tls from 'node:tls';
import { HourglassError } from '../contract/index.ts';
import { say } from './sentences.ts';

/** Where systems without an interface of their own keep them together. */
const systemFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Newer versions of Node.js ask the system itself. */
const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => string[] };

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * @param text of a file in PEM
 * @throws HourglassError invalid-parameter: it holds no certificate, or one that can not be read
 */
export function certificatesIn(text: string): string[] {
  const blocks = text.match(block) ?? [];
  const isRead = blocks.length > 0 && blocks.every(canBeRead);
  if (!isRead)
    throw new HourglassError('invalid-parameter', say('noCertificate'), {
      details: { name: 'ca', forAll: true },
    });
  return blocks;
}

function canBeRead(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

const textOf = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);

async function systemAuthorities(): Promise<readonly string[]> {
  if (getCACertificates) return getCACertificates('system');
  for (const path of systemFiles) {
    const text = await textOf(path);
    if (text !== null) return [text];
  }
  return [];
}

/** What was asked for last: reading hundreds of certificates for each file takes longer than sending it. */
let last: { readonly own: string | undefined; readonly agent: Promise<Agent> } | null = null;

/**
 * Who speaks to an archive by https.
 * @param own certificates in PEM that are believed too
 * @throws HourglassError as `certificatesIn`
 */
export function agentThatChecks(own?: string): Promise<Agent> {
  if (last && last.own === own) return last.agent;
  const mine = own === undefined ? [] : certificatesIn(own);
  const agent = createAgent(mine);
  last = { own, agent };
  agent.catch(() => (last = null));
  return agent;
}

async function createAgent(own: readonly string[]): Promise<Agent> {
  const { NODE_EXTRA_CA_CERTS: more } = process.env;
  const extra = more ? await textOf(more) : null;
  const ca = [
    ...tls.rootCertificates,
    ...(await systemAuthorities()),
    ...(extra === null ? [] : [extra]),
    ...own,
  ];
  const secureContext = tls.createSecureContext({ ca });
  // Said here, so that no variable of the environment says otherwise.
  return new Agent({ keepAlive: true, rejectUnauthorized: true, secureContext });
}

/** Codes of Node.js for a certificate that is not believed. */
const untrusted =
  /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY))/;

export const isUntrusted = (code: string): boolean => untrusted.test(code);
