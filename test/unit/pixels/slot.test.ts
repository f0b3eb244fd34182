import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { afterViews, inSlot } from '../../../app/pixels/slot.ts';
import { Shared } from '../../../app/pixels/shared.ts';
import { nextTurn } from '../../../app/pixels/turns.ts';

const signal = new AbortController().signal;

it('work leaves the thread to the screen from its next turn on, and goes on when that is done', async () => {
  const order: string[] = [];
  let shown = (): void => {};
  const view = inSlot('view', () => new Promise<void>((resolve) => (shown = resolve)));
  const work = inSlot('work', async () => {
    for (const turn of [1, 2]) {
      await nextTurn();
      order.push(`work ${turn}`);
    }
  });
  const screen = inSlot('view', async () => {
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    order.push('view');
  });
  await screen;
  expect(order).toEqual(['view']);
  shown();
  await Promise.all([view, work]);
  expect(order).toEqual(['view', 'work 1', 'work 2']);
});

it('somebody who looks all the time holds work up, and does not stop it', async () => {
  let shown = (): void => {};
  const view = inSlot('view', () => new Promise<void>((resolve) => (shown = resolve)));
  await inSlot('work', nextTurn);
  shown();
  await view;
});

it('what the screen waits for is not kept waiting by the screen, in whatever slot it began', async () => {
  const shared = new Shared<string>();
  const make = async (): Promise<string> => {
    await sleep(5);
    await afterViews(1e8);
    return 'read';
  };
  const work = inSlot('work', () => shared.get(signal, make));
  const view = inSlot('view', async () => {
    await sleep(1);
    return shared.get(signal, make);
  });
  expect(await Promise.all([work, view])).toEqual(['read', 'read']);
});
