/**
 * The Redis of a queue: its address as it may be said (never with a password), and whether it can be used, found out before
 * anything is put in. What the queue holds is `messages.ts`. `bullmq` and `ioredis` are known in this folder only, which
 * is loaded when somebody asks for a queue.
 */
import { Redis, type RedisOptions } from 'ioredis';
import { HourglassError } from '../../contract/index.ts';
import { say } from './sentences.ts';

/** BullMQ's scripts want 5; streams trimmed by id and the lock's commands were tried from here on. */
const leastVersion = [6, 2] as const;
/** For the first connection, milliseconds. */
const patience = 8000;

export interface RedisPlace {
  /** With the port, without name and password. */
  readonly shown: string;
  readonly options: RedisOptions;
}

/** @throws HourglassError invalid-parameter */
export function placeOf(address: string, env: NodeJS.ProcessEnv = process.env): RedisPlace {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new HourglassError(
      'invalid-parameter',
      say('addressWrong', { address: address.replace(/\/\/.*@/, '//') }),
    );
  }
  const port = url.port === '' ? 6379 : Number(url.port);
  const db = Number(url.pathname.slice(1));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const password = decodeURIComponent(url.password) || env.HOURGLASS_QUEUE_PASSWORD;
  if (host === '' || !Number.isInteger(db) || !/^rediss?:$/.test(url.protocol))
    throw new HourglassError('invalid-parameter', say('addressWrong', { address: `//${host}` }));
  return {
    shown: `${url.protocol}//${url.hostname}:${port}${db > 0 ? `/${db}` : ''}`,
    options: {
      ...{ host, port, db },
      ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
      ...(password ? { password } : {}),
      ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
      // BullMQ asks for this: a command waits until Redis is there again.
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(times * 100, 2000),
    },
  };
}

/**
 * @returns what a person should know of it, whole sentences
 * @throws HourglassError queue-not-usable
 */
export async function checkRedis({ shown, options }: RedisPlace): Promise<string[]> {
  const redis = new Redis({
    ...options,
    ...{ lazyConnect: true, connectTimeout: patience, maxRetriesPerRequest: 0 },
    retryStrategy: () => null,
  });
  let reason = '';
  redis.on('error', (error: Error) => (reason = error.message));
  try {
    await redis.connect();
    const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? '0';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const [leastMajor, leastMinor] = leastVersion;
    if (major < leastMajor || (major === leastMajor && minor < leastMinor))
      throw new HourglassError(
        'queue-not-usable',
        say('tooOld', { address: shown, version, least: leastVersion.join('.') }),
        { hint: say('installNewer') },
      );
    const notices: string[] = [];
    const policy = await setting(redis, 'maxmemory-policy');
    if (policy !== null && policy !== 'noeviction')
      notices.push(say('evicts', { address: shown, policy }));
    if ((await setting(redis, 'appendonly')) === 'no')
      notices.push(say('forgets', { address: shown }));
    return notices;
  } catch (error) {
    if (error instanceof HourglassError) throw error;
    const text = `${reason} ${String((error as Error).message)}`;
    if (/NOAUTH|WRONGPASS|invalid password|NOPERM/i.test(text))
      throw new HourglassError('queue-not-usable', say('passwordRefused', { address: shown }), {
        hint: say('setPassword'),
      });
    throw new HourglassError(
      'queue-not-usable',
      say('notReachable', { address: shown, reason: reason || (error as Error).message }),
      { hint: say('startRedis', { port: String(options.port) }) },
    );
  } finally {
    redis.disconnect();
  }
}

/** null: a Redis that somebody hosts may keep its settings to itself. */
async function setting(redis: Redis, name: string): Promise<string | null> {
  const found = await redis.config('GET', name).catch(() => null);
  return Array.isArray(found) && typeof found[1] === 'string' ? found[1] : null;
}

/**
 * Says once that it is gone, and once that it is back; and what it refuses (its disk may be full), each reason once. What
 * BullMQ says of single jobs (a lock that is not theirs any more) is no trouble of the queue's.
 * @returns a listener of errors, and one of answers
 */
export function outages(shown: string, notice: (text: string) => void) {
  let away = false;
  const refusals = new Set<string>();
  return {
    failed: (error: unknown): void => {
      const { name, message, code } = error as NodeJS.ErrnoException;
      if (name === 'ReplyError') {
        // Lua says in which script, by an address of its own, after the words.
        const reason = message.replace(/ script: [0-9a-f]{40}.*$/s, '');
        if (!refusals.has(reason)) notice(say('refuses', { address: shown, reason }));
        refusals.add(reason);
      } else if (typeof code === 'string' || /connection/i.test(message)) {
        if (!away) notice(say('lost', { address: shown }));
        away = true;
      }
    },
    answered: (): void => {
      if (away) notice(say('back', { address: shown }));
      away = false;
    },
  };
}
