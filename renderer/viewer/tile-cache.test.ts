import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HourglassError } from '../../app/contract/errors.ts';
import { hasGivenUp, TileCache, type TileLoader } from './tile-cache.ts';

const pyramid = { width: 4096, height: 4096, levels: 4, tileSize: 512 };

interface Waiting {
  readonly name: string;
  readonly version: number;
  readonly signal: AbortSignal;
  readonly resolve: (bytes?: number) => Promise<void>;
  readonly reject: (error: Error) => Promise<void>;
}

/** A loader whose answers come when the test says so. */
function handLoader() {
  const waiting: Waiting[] = [];
  const released: string[] = [];
  const settle = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(0);
  };
  const loader: TileLoader<string> = {
    load: ({ layer, place, version }, signal) =>
      new Promise((resolve, reject) => {
        const name = `${layer.id} ${place.level}/${place.column}/${place.row}`;
        waiting.push({
          name,
          version,
          signal,
          resolve: (bytes = 1000) => {
            resolve({ payload: `${name} v${version}`, bytes });
            return settle();
          },
          reject: (error) => {
            reject(error);
            return settle();
          },
        });
      }),
    release: (payload) => released.push(payload),
  };
  return { loader, waiting, released };
}

const setUp = (options: { budgetBytes?: number; concurrency?: number } = {}) => {
  const hand = handLoader();
  const onchange = vi.fn();
  const cache = new TileCache(hand.loader, {
    budgetBytes: options.budgetBytes ?? 1e9,
    concurrency: options.concurrency ?? 2,
    onchange,
  });
  const source = cache.layer({ document: 'd', id: 'source', pyramid }, 0, true);
  const frame = (...wants: readonly (readonly [column: number, priority: number])[]): void => {
    cache.beginFrame();
    for (const [column, priority] of wants)
      cache.want(source, { level: 0, column, row: 0 }, priority, true);
    cache.endFrame();
  };
  return { ...hand, cache, source, frame, onchange };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('order', () => {
  it('fetches the most urgent first and no more at a time than allowed', async () => {
    const { frame, waiting } = setUp();
    frame([0, 30], [1, 10], [2, 20], [3, 40]);
    expect(waiting.map((tile) => tile.name)).toEqual(['source 0/1/0', 'source 0/2/0']);
    await waiting[0]!.resolve();
    expect(waiting.map((tile) => tile.name).slice(2)).toEqual(['source 0/0/0']);
  });

  it('asking twice in one frame keeps the more urgent', () => {
    const { frame, waiting } = setUp({ concurrency: 1 });
    frame([0, 30], [1, 20], [0, 10]);
    expect(waiting[0]?.name).toBe('source 0/0/0');
  });

  it('aborts what a later frame no longer wants, and ignores its answer', async () => {
    const { frame, waiting, source, released, cache } = setUp();
    frame([0, 1], [1, 2]);
    frame([1, 1], [2, 2]);
    expect(waiting.map((tile) => tile.signal.aborted)).toEqual([true, false, false]);
    await waiting[0]!.resolve();
    expect(source.find(0, 0, 0)).toBeNull();
    expect(released).toEqual(['source 0/0/0 v0']);
    expect(cache.statistics).toMatchObject({ aborted: 1, requests: 3, bytes: 0 });
  });

  it('says when something arrived', async () => {
    const { frame, waiting, onchange } = setUp();
    frame([0, 1]);
    expect(onchange).not.toHaveBeenCalled();
    await waiting[0]!.resolve();
    expect(onchange).toHaveBeenCalledTimes(1);
  });
});

describe('memory', () => {
  it('drops the least recently used tiles beyond the budget, never those on show', async () => {
    const { frame, waiting, source, released, cache } = setUp({
      budgetBytes: 2500,
      concurrency: 9,
    });
    frame([0, 1], [1, 1]);
    await waiting[0]!.resolve();
    await waiting[1]!.resolve();
    frame([1, 1], [2, 1]);
    await waiting[2]!.resolve();
    expect(released).toEqual(['source 0/0/0 v0']);
    frame([1, 1], [2, 1], [3, 1]);
    await waiting[3]!.resolve();
    expect(cache.statistics.bytes).toBe(3000);
    expect([0, 1, 2, 3].map((column) => source.find(0, column, 0) !== null)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    frame([3, 1]);
    expect(cache.statistics.bytes).toBe(2000);
  });

  it('forgets payloads of a lost context without releasing them', async () => {
    const { frame, waiting, source, released, cache } = setUp();
    frame([0, 1]);
    await waiting[0]!.resolve();
    cache.clear(true);
    expect(released).toEqual([]);
    expect(source.find(0, 0, 0)).toBeNull();
    frame([0, 1]);
    expect(waiting).toHaveLength(2);
  });
});

describe('changed pixels', () => {
  it('the old tile stays until the new one is there, at every level that the change touches', async () => {
    const { cache, waiting, released } = setUp({ concurrency: 9 });
    const clean = cache.layer({ document: 'd', id: 'clean', pyramid }, 1, true);
    const places = [
      { level: 0, column: 0, row: 0 },
      { level: 0, column: 1, row: 0 },
      { level: 2, column: 0, row: 0 },
    ];
    const frame = (): void => {
      cache.beginFrame();
      for (const place of places) cache.want(clean, place, 1, true);
      cache.endFrame();
    };
    frame();
    for (const tile of waiting.slice(0, 3)) await tile.resolve();
    clean.markChanged({ x: 600, y: 10, width: 100, height: 100 }, 2);
    await vi.advanceTimersByTimeAsync(1000);
    frame();
    expect(waiting.slice(3).map((tile) => [tile.name, tile.version])).toEqual([
      ['clean 0/1/0', 2],
      ['clean 2/0/0', 2],
    ]);
    expect(clean.find(0, 1, 0)?.payload).toBe('clean 0/1/0 v1');
    await waiting[3]!.resolve();
    expect(clean.find(0, 1, 0)?.payload).toBe('clean 0/1/0 v2');
    expect(released).toEqual(['clean 0/1/0 v1']);
  });

  it('a tile that changes all the time is fetched at a bounded rate', async () => {
    const { cache, waiting } = setUp({ concurrency: 9 });
    const clean = cache.layer({ document: 'd', id: 'clean', pyramid }, 1, true);
    for (let version = 2; version < 102; version++) {
      clean.markChanged({ x: 0, y: 0, width: 10, height: 10 }, version);
      cache.beginFrame();
      cache.want(clean, { level: 3, column: 0, row: 0 }, 1, true);
      cache.endFrame();
      await waiting.at(-1)?.resolve();
      await vi.advanceTimersByTimeAsync(10);
    }
    // One second of changes every 10 ms, a fetch every 150 ms at most.
    expect(waiting.length).toBeGreaterThan(4);
    expect(waiting.length).toBeLessThan(9);
  });

  it('an unfinished layer says which of its tiles hold finished pixels', () => {
    const { cache } = setUp();
    const clean = cache.layer({ document: 'd', id: 'clean', pyramid }, 0, false);
    expect(clean.isFinished(0, 1, 0)).toBe(false);
    clean.markChanged({ x: 600, y: 0, width: 424, height: 512 }, 1);
    expect(clean.isFinished(0, 1, 0)).toBe(true);
    expect(clean.isFinished(0, 0, 0)).toBe(false);
    expect(clean.isFinished(3, 0, 0)).toBe(true);
    clean.markFinished(2);
    expect(clean.isFinished(0, 7, 7)).toBe(true);
  });
});

describe('failures', () => {
  it('tries again by itself twice, then waits for the person', async () => {
    const { frame, waiting, source, onchange, cache } = setUp();
    for (let attempt = 0; attempt < 3; attempt++) {
      frame([0, 1]);
      expect(waiting).toHaveLength(attempt + 1);
      await waiting[attempt]!.reject(new Error('gone'));
      onchange.mockClear();
      await vi.advanceTimersByTimeAsync(2000);
    }
    frame([0, 1]);
    expect(waiting).toHaveLength(3);
    const tile = source.entry(0, 0, 0);
    expect(hasGivenUp(tile)).toBe(true);
    expect(tile.error?.message).toBe('gone');
    cache.retry();
    expect(onchange).toHaveBeenCalled();
    frame([0, 1]);
    expect(waiting).toHaveLength(4);
    await waiting[3]!.resolve();
    expect(hasGivenUp(tile)).toBe(false);
    expect(source.find(0, 0, 0)).not.toBeNull();
  });

  it('a listener that throws is told of, and keeps neither a place among the fetches nor a promise', async () => {
    const { loader, waiting } = handLoader();
    const thrown: string[] = [];
    const cache = new TileCache(loader, {
      ...{ budgetBytes: 1e9, concurrency: 1 },
      onchange: () => undefined,
      onlost: () => {
        throw new Error('from a listener');
      },
      onerror: (error) => thrown.push(String(error)),
    });
    const source = cache.layer({ document: 'd', id: 'source', pyramid }, 0, true);
    cache.beginFrame();
    for (const column of [0, 1]) cache.want(source, { level: 0, column, row: 0 }, column, true);
    cache.endFrame();
    await waiting[0]!.reject(new HourglassError('document-not-open', 'It is gone.'));
    expect(thrown).toEqual(['Error: from a listener']);
    expect(waiting).toHaveLength(2);
    await waiting[1]!.resolve();
    expect(source.find(0, 1, 0)).not.toBeNull();
    expect(cache.statistics.loading).toBe(0);
  });

  it('a painter that throws while it lets go of a tile loses nothing else', async () => {
    const { loader, waiting } = handLoader();
    const thrown: unknown[] = [];
    const failing = {
      ...loader,
      release: () => {
        throw new Error('context lost');
      },
    };
    const cache = new TileCache(failing, {
      ...{ budgetBytes: 1e9, concurrency: 1 },
      onchange: () => undefined,
      onerror: (error) => thrown.push(error),
    });
    const source = cache.layer({ document: 'd', id: 'source', pyramid }, 0, true);
    const frame = (column: number): void => {
      cache.beginFrame();
      cache.want(source, { level: 0, column, row: 0 }, 1, true);
      cache.endFrame();
    };
    frame(0);
    frame(1);
    await waiting[0]!.resolve();
    expect(thrown).toHaveLength(1);
    await waiting[1]!.resolve();
    expect(source.find(0, 1, 0)).not.toBeNull();
  });
});

describe('what may be shown next', () => {
  const setUpAhead = (budgetBytes: number) => {
    const made = setUp({ budgetBytes, concurrency: 8 });
    const { cache, source } = made;
    const next = cache.layer({ document: 'next', id: 'source', pyramid }, 0, true);
    /** Shows a column of the picture, and asks for columns of the next one. */
    const step = (shown: number, ahead: readonly number[]): void => {
      cache.beginFrame();
      cache.want(source, { level: 0, column: shown, row: 0 }, 1, true);
      for (const column of ahead) cache.wantAhead(next, { level: 0, column, row: 0 }, 9);
      cache.endFrame();
    };
    return { ...made, next, step };
  };
  const tileBytes = 512 * 512 * 4;

  it('is fetched when all of the picture is there, draws nothing, and is there when it comes', async () => {
    const { step, waiting, onchange, cache, next } = setUpAhead(1e9);
    step(0, [0, 1]);
    expect(waiting.map(({ name }) => name)).toEqual(['source 0/0/0']);
    await waiting[0]!.resolve(tileBytes);
    onchange.mockClear();
    step(0, [0, 1]);
    expect(waiting).toHaveLength(3);
    await waiting[1]!.resolve(tileBytes);
    await waiting[2]!.resolve(tileBytes);
    expect(onchange).not.toHaveBeenCalled();
    cache.beginFrame();
    expect(cache.want(next, { level: 0, column: 1, row: 0 }, 1, true)).toBe(true);
    cache.endFrame();
    expect(waiting).toHaveLength(3);
  });

  it('is given up as soon as the picture needs something, and when it is not wanted any more', async () => {
    const { step, waiting } = setUpAhead(1e9);
    step(0, []);
    await waiting[0]!.resolve(tileBytes);
    step(0, [0]);
    expect(waiting[1]!.signal.aborted).toBe(false);
    step(1, [0]);
    expect(waiting[1]!.signal.aborted).toBe(true);
  });

  it('takes no more memory than is left beside what is shown, and nothing shown goes for it', async () => {
    const { step, waiting, released, cache } = setUpAhead(3 * tileBytes);
    step(0, []);
    await waiting[0]!.resolve(tileBytes);
    step(0, [0, 1, 2, 3]);
    // One is shown, and two have room beside it.
    expect(waiting).toHaveLength(3);
    for (const tile of waiting.slice(1)) await tile.resolve(tileBytes);
    step(0, [0, 1, 2, 3]);
    expect(waiting).toHaveLength(3);
    expect(released).toEqual([]);
    expect(cache.statistics.bytes).toBe(3 * tileBytes);
  });

  it('that can not be had is asked for again when it is to be seen', async () => {
    const { step, waiting, cache, next, onchange } = setUpAhead(1e9);
    step(0, []);
    await waiting[0]!.resolve(tileBytes);
    onchange.mockClear();
    for (let time = 0; time < 4; time++) {
      step(0, [0]);
      await waiting.at(-1)!.reject(new Error('gone'));
      await vi.advanceTimersByTimeAsync(2000);
    }
    expect(onchange).not.toHaveBeenCalled();
    const tile = next.entry(0, 0, 0);
    expect([hasGivenUp(tile), tile.error]).toEqual([false, null]);
    const before = waiting.length;
    cache.beginFrame();
    cache.want(next, { level: 0, column: 0, row: 0 }, 1, true);
    cache.endFrame();
    expect(waiting).toHaveLength(before + 1);
  });
});
