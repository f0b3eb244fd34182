import { describe, expect, it, vi } from 'vitest';
import { Gate } from '../../../app/jobs/gate.ts';
import { monotonic } from '../../../app/jobs/progress.ts';
import type { Slot } from '../../../app/contract/index.ts';
import { SlotQueue } from '../../../app/jobs/queue.ts';
import { closest } from '../../../app/jobs/suggest.ts';

describe('SlotQueue', () => {
  const work = (name: string, slot: Slot, ran: string[], gate?: Promise<void>) => ({
    slot,
    start: async () => {
      ran.push(name);
      await gate;
    },
  });

  it('runs what somebody looks at beside other work, each in order', async () => {
    const queue = new SlotQueue();
    const ran: string[] = [];
    let open!: () => void;
    const held = new Promise<void>((resolve) => (open = resolve));
    queue.add(work('first work', 'work', ran, held));
    queue.add(work('work 2', 'work', ran));
    queue.add(work('screen 1', 'view', ran));
    queue.add(work('work 3', 'work', ran));
    queue.add(work('screen 2', 'view', ran));
    expect(ran).toEqual(['first work', 'screen 1']);
    await queue.afterRunning('view');
    await queue.afterRunning('view');
    expect(ran).toEqual(['first work', 'screen 1', 'screen 2']);
    open();
    await queue.idle();
    expect(ran).toEqual(['first work', 'screen 1', 'screen 2', 'work 2', 'work 3']);
    expect(queue.busy).toBe(false);
  });

  it('lets nothing wait for what runs beside, nor that for anything', async () => {
    const queue = new SlotQueue();
    const ran: string[] = [];
    let open!: () => void;
    const held = new Promise<void>((resolve) => (open = resolve));
    queue.add(work('export 1', 'work', ran, Promise.resolve()));
    queue.add({ ...work('training', 'work', ran, held), beside: true });
    queue.add(work('export 2', 'work', ran));
    await vi.waitFor(() => expect(ran).toEqual(['export 1', 'training', 'export 2']));
    expect(queue.busy).toBe(true);
    open();
    await queue.idle();
  });

  it('takes out what waits and nothing else', async () => {
    const queue = new SlotQueue();
    const ran: string[] = [];
    const first = work('first', 'work', ran, Promise.resolve());
    const second = work('second', 'work', ran);
    queue.add(first);
    queue.add(second);
    expect(queue.remove(first)).toBe(false);
    expect(queue.remove(second)).toBe(true);
    await queue.idle();
    expect(ran).toEqual(['first']);
  });
});

describe('Gate', () => {
  it('lets no more in than it has places, urgent ones first, and keeps one for them', async () => {
    const gate = new Gate(3);
    const order: string[] = [];
    let inside = 0;
    let most = 0;
    const leave: (() => void)[] = [];
    const visit = (name: string, urgent: boolean) =>
      gate.through({ urgent }, async () => {
        order.push(name);
        most = Math.max(most, ++inside);
        await new Promise<void>((resolve) => leave.push(resolve));
        inside--;
      });
    const all = [visit('a', false), visit('b', false), visit('c', false), visit('now', true)];
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    await turn();
    // Hundreds of thumbnails before it, and what somebody waits for does not wait for one of them.
    expect(order).toEqual(['a', 'b', 'now']);
    all.push(visit('next', true), visit('d', false));
    await turn();
    expect(order).toEqual(['a', 'b', 'now']);
    while (inside > 0) {
      leave.shift()!();
      await turn();
    }
    await Promise.all(all);
    expect(order).toEqual(['a', 'b', 'now', 'next', 'c', 'd']);
    expect(most).toBe(3);
  });

  it('gives a suspect the whole gate', async () => {
    const gate = new Gate(2);
    let inside = 0;
    let beside = -1;
    const visit = (alone: boolean) =>
      gate.through({ alone }, async () => {
        inside++;
        await new Promise((resolve) => setImmediate(resolve));
        if (alone) beside = inside - 1;
        inside--;
      });
    await Promise.all([visit(false), visit(true), visit(false), visit(false)]);
    expect(beside).toBe(0);
  });

  it('lets go of who gave up waiting', async () => {
    const gate = new Gate(1);
    let open!: () => void;
    const held = gate.through({}, () => new Promise<void>((resolve) => (open = resolve)));
    const controller = new AbortController();
    const waiting = gate.through({ signal: controller.signal }, async () => 'in');
    const last = gate.through({}, async () => 'last');
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    open();
    await held;
    expect(await last).toBe('last');
  });
});

describe('monotonic', () => {
  const at = (done: number, total: number) =>
    ({ done, total, unit: 'tiles', message: '' }) as const;

  it('never falls and never changes its total, also when the work starts again', () => {
    const smooth = monotonic();
    const told = [at(0, 10), at(6, 10), at(0, 40), at(8, 40), at(32, 40), at(40, 40)].map(smooth);
    expect(told.map(({ done }) => done)).toEqual([0, 6, 6, 6, 8, 10]);
    expect(new Set(told.map(({ total }) => total))).toEqual(new Set([10]));
  });

  it('takes the first total that is not 0', () => {
    const smooth = monotonic();
    expect([at(0, 0), at(0, 5), at(5, 5)].map(smooth).map(({ total }) => total)).toEqual([0, 5, 5]);
  });
});

describe('closest', () => {
  it('finds the word that was meant, and none when nothing is near', () => {
    const words = ['denoise', 'devices', 'models'];
    expect(closest('denoize', words)).toBe('denoise');
    expect(closest('Model', words)).toBe('models');
    expect(closest('compress', words)).toBeUndefined();
  });
});
