// `ipcMain` and the wire to the page. Values are structured-cloned as in Electron: what can not be
// cloned throws, and an error keeps only its message.
import { deserialize, serialize } from 'node:v8';

const handlers = new Map();

export const ipcMain = {
  /** What tests look at. */
  standin: { handlers },
  handle(channel, handler) {
    if (handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, handler);
  },
  removeHandler: (channel) => handlers.delete(channel),
};

const clone = (value) => deserialize(serialize(value));

/** A call from the page: the values of `invoke`, as base64-marked JSON both ways. */
export async function invoke(event, channel, packed) {
  const handler = handlers.get(channel);
  try {
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    const value = await handler(event, ...clone(unpack(packed)));
    return { ok: true, value: pack(clone(value)) };
  } catch (error) {
    return { ok: false, message: `Error invoking remote method '${channel}': ${error}` };
  }
}

/** JSON with bytes and undefined kept. The page has the same pair in preload-shim.mjs. */
export function pack(value) {
  if (value === undefined) return { $: 'undefined' };
  if (value instanceof Uint8Array)
    return { $: 'bytes', base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(pack);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pack(item)]));
  return value;
}

export function unpack(value) {
  if (Array.isArray(value)) return value.map(unpack);
  if (value === null || typeof value !== 'object') return value;
  if (value.$ === 'undefined') return undefined;
  if (value.$ === 'bytes') return new Uint8Array(Buffer.from(value.base64, 'base64'));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]));
}
