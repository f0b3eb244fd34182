/**
 * Files to an archive by STOW-RS (PS3.18, 10.5), one instance a request: what is refused is known by its file, and no file has to be
 * in memory. The token goes into the header of these requests and nowhere else: it is in no error and in no answer. Redirections
 * are not followed, for they would take it elsewhere.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest, type Agent } from 'node:https';
import { basename } from 'node:path';
import { archiveUrl, tokenIn } from '../contract/archive.ts';
import { cancelledError, HourglassError } from '../contract/index.ts';
import { fileError } from '../pixels/index.ts';
import { agentThatChecks, isUntrusted } from './authorities.ts';
import { readHeader } from './dicom/header.ts';
import type { Handler } from '../runtime/index.ts';
import { say } from './sentences.ts';

export interface Archive {
  /** Where instances are posted to, see `archiveUrl` in `contract/archive.ts`. */
  readonly url: URL;
  /** null: none is asked for. */
  readonly token: string | null;
  /** Certificates in PEM that are believed too; absent: those that every program believes. */
  readonly authorities?: string | undefined;
  /** Without a byte to or fro. */
  readonly timeoutMs: number;
}

export interface Stored {
  readonly source: string;
  readonly sopInstance: string;
  readonly bytes: number;
  /** The archive changed something of it (Warning Reason, 0008,1196). */
  readonly warning: string | null;
}

/** Answers are lists of instances; more than this is no answer. */
const MOST_ANSWER = 1024 * 1024;

/** Why nothing else will go there either. */
const forAll = new Set([401, 403, 404, 405]);

/**
 * Sends one file; it stays where and as it is, whatever becomes of it.
 * @throws HourglassError archive-not-usable: no connection, no answer in time, or what was answered; file-not-readable; unsupported-image,
 *   damaged-image: it is no DICOM file; cancelled
 */
export async function storeFile(
  source: string,
  archive: Archive,
  signal: AbortSignal,
): Promise<Stored> {
  const name = basename(source);
  const { dataSet } = readHeader(source);
  const sopInstance = (dataSet.string('x00080018') ?? '').trim();
  const { size: bytes } = await stat(source).catch((error: unknown) => {
    throw fileError(error, name);
  });
  const agent =
    archive.url.protocol === 'https:' ? await agentThatChecks(archive.authorities) : null;
  const { status, text } = await post(source, bytes, archive, agent, signal);
  const answer = modelIn(text);
  const stored = listed(answer ?? {}, '00081199').find(({ uid }) => uid === sopInstance);
  const failed = listed(answer ?? {}, '00081198').find(
    ({ uid }) => uid === sopInstance || uid === '',
  );
  // Orthanc 1.10 answers 200 for an object without Study Instance UID, lists it nowhere, and has not stored it.
  const isUnlisted = answer !== null && !stored;
  const reason = (code: number | undefined): string | undefined =>
    code === undefined ? undefined : code.toString(16).toUpperCase().padStart(4, '0');
  const asked = { name, uid: sopInstance, host: archive.url.host };
  if (status < 200 || status > 299 || failed || isUnlisted) {
    const why = reason(failed?.code) ?? 'none';
    const refused = status === 409 || (status >= 200 && status <= 299);
    const words = refused
      ? say('archiveRefused', { ...asked, reason: why })
      : say('archiveAnswered', { ...asked, status, kind: kindOf(status) });
    const filedBy = ['x0020000d', 'x0020000e'].map((tag) => dataSet.string(tag)?.trim());
    const isUnfiled = (refused || status === 400) && !filedBy.every(Boolean);
    throw new HourglassError('archive-not-usable', words, {
      ...(isUnfiled ? { hint: say('withoutStudy') } : {}),
      details: { status, sopInstance, forAll: forAll.has(status) },
    });
  }
  const warned = reason(stored?.warning) ?? null;
  return { source, sopInstance, bytes, warning: warned };
}

type Kind = 'token' | 'address' | 'media' | 'large' | 'moved' | 'other';
function kindOf(status: number): Kind {
  if (status === 401 || status === 403) return 'token';
  if (status === 404 || status === 405) return 'address';
  if (status === 415 || status === 406) return 'media';
  if (status === 413) return 'large';
  return status >= 300 && status < 400 ? 'moved' : 'other';
}

function post(
  source: string,
  bytes: number,
  { url, token, timeoutMs }: Archive,
  agent: Agent | null,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const name = basename(source);
  const boundary = `hourglass-${randomBytes(18).toString('hex')}`;
  const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const authorization = token === null ? null : token.includes(' ') ? token : `Bearer ${token}`;
  const unreachable = (why: string): HourglassError =>
    isUntrusted(why)
      ? new HourglassError(
          'archive-not-usable',
          say('archiveNotTrusted', { name, host: url.host, why }),
          { hint: say('nameItsAuthority'), details: { forAll: true } },
        )
      : new HourglassError(
          'archive-not-usable',
          say('archiveNotReached', { name, host: url.host, why }),
          { details: { forAll: true } },
        );
  return new Promise((settle, fail) => {
    const ask = agent ? tlsRequest : plainRequest;
    const request = ask(url, {
      ...(agent ? { agent } : {}),
      method: 'POST',
      signal,
      timeout: timeoutMs,
      headers: {
        'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
        'content-length': head.length + bytes + tail.length,
        accept: 'application/dicom+json',
        ...(authorization === null ? {} : { authorization }),
      },
    });
    const file = createReadStream(source);
    const ended = (error: Error): void => {
      file.destroy();
      request.destroy();
      fail(error);
    };
    request.on('timeout', () =>
      ended(
        new HourglassError(
          'archive-not-usable',
          say('archiveTooSlow', { name, host: url.host, seconds: Math.round(timeoutMs / 1000) }),
        ),
      ),
    );
    request.on('error', (error: NodeJS.ErrnoException) =>
      // Codes alone: messages may repeat what was sent.
      ended(signal.aborted ? cancelledError(error) : unreachable(error.code ?? error.name)),
    );
    request.on('response', (response) => {
      textOf(response).then(
        (text) => {
          file.destroy();
          settle({ status: response.statusCode ?? 0, text });
        },
        (error: NodeJS.ErrnoException) =>
          ended(signal.aborted ? cancelledError(error) : unreachable(error.code ?? error.name)),
      );
    });
    file.on('error', (error) => ended(fileError(error, name)));
    file.on('end', () => request.end(tail));
    request.write(head);
    file.pipe(request, { end: false });
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= MOST_ANSWER) parts.push(part);
  }
  return length > MOST_ANSWER ? '' : Buffer.concat(parts).toString('utf8');
}

interface Instance {
  readonly uid: string;
  /** Failure Reason (0008,1197). */
  readonly code: number | undefined;
  /** Warning Reason (0008,1196). */
  readonly warning: number | undefined;
}

type Model = Readonly<Record<string, { readonly Value?: readonly unknown[] } | undefined>>;

/** What some archives answer is XML, or nothing: the status says it all then. */
function modelIn(text: string): Model | null {
  try {
    const value = JSON.parse(text) as unknown;
    const one = Array.isArray(value) ? (value[0] as unknown) : value;
    return typeof one === 'object' && one !== null ? (one as Model) : null;
  } catch {
    return null;
  }
}

function listed(model: Model, tag: string): readonly Instance[] {
  const items = model[tag]?.Value;
  if (!Array.isArray(items)) return [];
  return items
    .filter((item): item is Model => typeof item === 'object' && item !== null)
    .map((item) => ({
      uid: String(item['00081155']?.Value?.[0] ?? ''),
      code: numberIn(item['00081197']),
      warning: numberIn(item['00081196']),
    }));
}

function numberIn(
  element: { readonly Value?: readonly unknown[] } | undefined,
): number | undefined {
  const value = element?.Value?.[0];
  return typeof value === 'number' ? value : undefined;
}

export const store: Handler<'store'> = (
  { source, to, token, authorities, timeout },
  { signal },
) => {
  const archive = {
    url: archiveUrl(to),
    token: token === undefined ? null : tokenIn(token, 'token'),
    authorities,
    timeoutMs: timeout * 1000,
  };
  return storeFile(source, archive, signal);
};
