/** Where results of a run go together in a browser: a picked folder, else one ZIP. */
import { describe, expect, it, vi } from 'vitest';
import { createDeliveries } from './delivery.ts';

const never = new AbortController().signal;

/** A folder as the browser hands it out, in memory. */
function folder(existing: readonly string[] = [], room = Infinity) {
  const files = new Map<string, string>(existing.map((name) => [name, 'before']));
  const changed = new Map<string, number>();
  const handle = {
    name: 'Holiday',
    isSameEntry: async (other: unknown) => other === handle,
    async getFileHandle(name: string, { create = false } = {}) {
      if (name === 'folder.jpg') throw new DOMException('', 'TypeMismatchError');
      if (!files.has(name)) {
        if (!create) throw new DOMException('', 'NotFoundError');
        files.set(name, '');
      }
      let text = '';
      return {
        getFile: async () => ({
          size: files.get(name)!.length,
          lastModified: changed.get(name) ?? 0,
        }),
        createWritable: async () =>
          new WritableStream<Uint8Array>({
            write(chunk) {
              text += new TextDecoder().decode(chunk);
              if (text.length > room) throw new DOMException('', 'QuotaExceededError');
            },
            close: () => void files.set(name, text),
          }),
      };
    },
    removeEntry: async (name: string) => void files.delete(name),
  };
  return { files, changed, picker: async () => handle as unknown as FileSystemDirectoryHandle };
}

const host = () => ({
  fetchOutput: vi.fn(async (output: string) => new Response(`bytes of ${output}`)),
  archive: vi.fn(async () => undefined),
});

describe('a picked folder', () => {
  it('gets each result under a free name; what is there stays', async () => {
    const { files, picker } = folder(['B-2.jpg', 'a.jpg']);
    const delivery = await createDeliveries(host(), { showDirectoryPicker: picker })();
    const names = [];
    for (const [output, name] of [
      ['@1', 'a.jpg'],
      ['@2', 'b.jpg'],
      ['@3', 'B.jpg'],
      ['@4', 'folder.jpg'],
    ] as const)
      names.push(await delivery!.take(output, name, never));
    expect(names).toEqual(['a-2.jpg', 'b.jpg', 'B-3.jpg', 'folder-2.jpg']);
    expect(delivery!.folder).toBe('Holiday');
    expect(files.get('a.jpg')).toBe('before');
    expect(files.get('a-2.jpg')).toBe('bytes of @1');
  });

  it('gets the same file of a run once, unless it was changed since or is another folder', async () => {
    const { files, changed, picker } = folder(['b.dcm']);
    const elsewhere = folder(['a.dcm']);
    let picked = picker;
    const deliver = createDeliveries(host(), { showDirectoryPicker: () => picked() });
    const take = async (output: string, name: string, of?: string) =>
      (await deliver())!.take(output, name, never, of);
    expect(await take('@1', 'a.dcm', 'run 1')).toBe('a.dcm');
    expect(await take('@2', 'b.dcm', 'run 2')).toBe('b-2.dcm');
    expect(await take('@3', 'a.dcm', 'run 1')).toBe('a.dcm');
    expect(await take('@4', 'b.dcm', 'run 2')).toBe('b-2.dcm');
    expect(Object.fromEntries(files)).toEqual({
      'a.dcm': 'bytes of @3',
      'b.dcm': 'before',
      'b-2.dcm': 'bytes of @4',
    });
    expect(await take('@5', 'a.dcm', 'other 1')).toBe('a-2.dcm');
    expect(await take('@6', 'a.dcm')).toBe('a-3.dcm');
    changed.set('a.dcm', 7);
    expect(await take('@7', 'a.dcm', 'run 1')).toBe('a-4.dcm');
    picked = elsewhere.picker;
    expect(await take('@8', 'a.dcm', 'run 1')).toBe('a-2.dcm');
    expect(elsewhere.files.get('a.dcm')).toBe('before');
  });

  it('keeps nothing of a result that does not fit, which is said; the next one goes on', async () => {
    const { files, picker } = folder([], 12);
    const delivery = (await createDeliveries(host(), { showDirectoryPicker: picker })())!;
    await expect(delivery.take('@12345', 'a.jpg', never)).rejects.toMatchObject({
      code: 'output-not-writable',
      message: 'a.jpg could not be written into the folder “Holiday”.',
    });
    expect(await delivery.take('@1', 'b.jpg', never)).toBe('b.jpg');
    expect([...files.keys()]).toEqual(['b.jpg']);
  });

  it('keeps nothing of a result that is cancelled while it is written', async () => {
    const { files, picker } = folder();
    const abort = new AbortController();
    const slow = {
      ...host(),
      fetchOutput: async () =>
        new Response(
          new ReadableStream({
            start: (control) => control.enqueue(new Uint8Array([65])),
            pull: () => abort.abort(),
          }),
        ),
    };
    const delivery = (await createDeliveries(slow, { showDirectoryPicker: picker })())!;
    await expect(delivery.take('@1', 'a.jpg', abort.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect([...files.keys()]).toEqual([]);
  });

  it('is no place when the person leaves the question, nor while it is asked', async () => {
    let leave = (_error: Error): void => undefined;
    const picker = () => new Promise<never>((_, reject) => (leave = reject));
    const ask = createDeliveries(host(), { showDirectoryPicker: picker });
    const first = ask();
    expect(await ask()).toBeNull();
    leave(new DOMException('', 'AbortError'));
    expect(await first).toBeNull();
  });
});

describe('one ZIP', () => {
  it('is made where there is no picker, or it is forbidden, of what was finished', async () => {
    for (const page of [
      {},
      { showDirectoryPicker: () => Promise.reject(new DOMException('', 'SecurityError')) },
    ]) {
      const at = host();
      const delivery = (await createDeliveries(at, page)())!;
      expect(delivery.folder).toBeNull();
      await delivery.take('@1', 'a.jpg', never);
      await delivery.take('@2', 'a.jpg', never);
      await delivery.end();
      expect(at.archive).toHaveBeenCalledExactlyOnceWith(['@1', '@2']);
    }
  });

  it('is not made of nothing', async () => {
    const at = host();
    await (await createDeliveries(at, {})())!.end();
    expect(at.archive).not.toHaveBeenCalled();
  });
});
