/**
 * What the walk does: one table, each line a thing that a person (or the machine) may do, with how often it is
 * done and what it is done with. A step is plain data, `{ do, to }`, so that a walk can be printed and
 * walked again.
 */
import type { Locator, Page } from '@playwright/test';
import type { Door } from './doors.ts';
import type { Observation } from './judge.ts';
import { canChange, changeFile, type WalkFile } from './pictures.ts';

export interface Step {
  readonly do: string;
  readonly to?: string | number;
}

export interface Around {
  readonly door: Door;
  readonly page: Page;
  readonly files: readonly WalkFile[];
  readonly folder: string;
  /** The screen before the step. */
  readonly seen: Observation;
}

interface Action {
  readonly weight: number;
  /** What it may be done with; none: nothing. */
  readonly choices?: readonly (string | number)[];
  /** False: it can not be done now. */
  readonly perform: (around: Around, to: string | number) => Promise<boolean>;
}

const PATIENCE = 4000;

/** Does something with a part of the page, where it is there and can be used. */
async function use(part: Locator, work: (part: Locator) => Promise<unknown>): Promise<boolean> {
  if ((await part.count()) !== 1 || !(await part.isEnabled())) return false;
  await work(part);
  return true;
}

const press =
  (keys: string): Action['perform'] =>
  async ({ page }) => {
    await letGo(page);
    await page.keyboard.press(keys);
    return true;
  };

/** Keys belong to the page, not to a field. */
const letGo = (page: Page): Promise<void> => page.evaluate('document.activeElement?.blur()');

const tab = (page: Page, workspace: string): Locator =>
  page.getByRole('navigation', { name: 'Workspaces' }).getByRole('button', { name: workspace });

/** Goes where something can be done, as a person would. */
async function enter({ page, seen }: Around, workspace: string): Promise<void> {
  if (seen.workspace === workspace) return;
  await tab(page, workspace).click({ timeout: PATIENCE });
}

const typed =
  (name: string, workspace: string): Action['perform'] =>
  async (around, to) => {
    const { page } = around;
    await enter(around, workspace);
    return use(
      page.getByRole('textbox', { name: `${name}, number`, exact: true }),
      async (field) => {
        await field.fill(String(to), { timeout: PATIENCE });
        await field.press('Enter');
        await letGo(page);
      },
    );
  };

const chosen =
  (group: string, workspace?: string): Action['perform'] =>
  async (around, to) => {
    const { page } = around;
    if (workspace !== undefined) await enter(around, workspace);
    const radio = page
      .getByRole('radiogroup', { name: group, exact: true })
      .getByRole('radio', { name: new RegExp(`^${to}`) });
    return use(radio, async (one) => {
      await one.click({ timeout: PATIENCE });
      await letGo(page);
    });
  };

export const actions: Readonly<Record<string, Action>> = {
  workspace: {
    weight: 10,
    choices: ['Clean', 'Compress'],
    perform: ({ page }, to) =>
      use(tab(page, String(to)), (one) => one.click({ timeout: PATIENCE })),
  },
  file: {
    weight: 10,
    choices: [0, 1, 2, 3],
    perform: async ({ page, files }, to) => {
      const { name } = files[Number(to)]!;
      const strip = page.getByRole('listbox', { name: 'Photos' });
      return use(strip.getByRole('option').filter({ hasText: name }).first(), (entry) =>
        entry.click({ timeout: PATIENCE }),
      );
    },
  },
  next: { weight: 2, perform: press('ArrowRight') },
  previous: { weight: 2, perform: press('ArrowLeft') },

  strength: { weight: 7, choices: [0, 40, 80, 150], perform: typed('Strength', 'Clean') },
  detail: { weight: 3, choices: [0, 50], perform: typed('Detail', 'Clean') },
  chroma: { weight: 3, choices: [40, 100], perform: typed('Chroma', 'Clean') },

  quality: { weight: 9, choices: [10, 20, 40, 60, 85], perform: typed('Quality', 'Compress') },
  'what decides': {
    weight: 3,
    choices: ['Quality', 'Size'],
    perform: chosen('What decides', 'Compress'),
  },
  size: {
    weight: 4,
    choices: ['12 KB', '25 KB', '50 KB'],
    perform: async (around, to) => {
      const { page } = around;
      await enter(around, 'Compress');
      const size = page.getByRole('radio', { name: 'Size', exact: true });
      if (!(await use(size, (radio) => radio.click({ timeout: PATIENCE })))) return false;
      return use(page.getByRole('textbox', { name: 'At most' }), async (field) => {
        await field.fill(String(to), { timeout: PATIENCE });
        await field.press('Enter');
        await letGo(page);
      });
    },
  },
  'clean first': {
    weight: 3,
    choices: ['Off', 'Suggested', 'Percent'],
    perform: chosen('Clean first', 'Compress'),
  },
  'compare with': {
    weight: 9,
    choices: ['Original', 'JPEG', 'WebP', 'AVIF'],
    perform: chosen('Compare with', 'Compress'),
  },
  'allow loss': {
    weight: 4,
    perform: async ({ page, seen }) =>
      seen.settings.consent === false &&
      use(page.getByRole('checkbox', { name: 'Allow loss for this scan' }), (box) =>
        box.click({ timeout: PATIENCE }),
      ),
  },

  compare: { weight: 8, choices: ['Split', 'Side', 'Original'], perform: chosen('Compare') },
  divider: {
    weight: 3,
    choices: [25, 50, 75],
    perform: async ({ page }, to) => {
      const divider = page.getByRole('slider', { name: /^Divider/ });
      return use(divider, async (one) => {
        await one.focus({ timeout: PATIENCE });
        const now = Number(await one.getAttribute('aria-valuenow'));
        const key = Number(to) > now ? 'ArrowRight' : 'ArrowLeft';
        for (let press = 0; press < 30; press++) {
          const at = Number(await one.getAttribute('aria-valuenow'));
          if (Math.abs(at - Number(to)) < 2 || Number(to) > now !== Number(to) > at) break;
          await one.press(key);
        }
        await letGo(page);
      });
    },
  },
  'original while held': {
    weight: 2,
    perform: async ({ page }) => {
      await letGo(page);
      await page.keyboard.down('\\');
      await page.waitForTimeout(120);
      await page.keyboard.up('\\');
      return true;
    },
  },
  zoom: {
    weight: 9,
    choices: ['Fit', '100 %', '200 %'],
    perform: async ({ page }, to) =>
      use(
        page.getByRole('group', { name: 'Zoom' }).getByRole('button', { name: String(to) }),
        async (button) => {
          await button.click({ timeout: PATIENCE });
          await letGo(page);
        },
      ),
  },
  'zoom by steps': {
    weight: 5,
    choices: ['+', '-', '++', '--'],
    perform: async ({ page }, to) =>
      use(page.locator('[data-picture] canvas'), async (canvas) => {
        await canvas.focus({ timeout: PATIENCE });
        for (const key of String(to)) await canvas.press(key);
        await letGo(page);
      }),
  },
  pan: {
    weight: 8,
    choices: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
    perform: async ({ page }, to) =>
      use(page.locator('[data-picture] canvas'), async (canvas) => {
        await canvas.focus({ timeout: PATIENCE });
        for (let press = 0; press < 3; press++) await canvas.press(`Shift+${to}`);
        await letGo(page);
      }),
  },

  undo: { weight: 4, perform: press('Control+z') },
  redo: { weight: 3, perform: press('Control+Shift+Z') },
  reset: {
    weight: 2,
    perform: ({ page }) =>
      use(page.getByRole('button', { name: /^Reset to the/ }), async (button) => {
        await button.click({ timeout: PATIENCE });
      }),
  },
  remove: {
    weight: 3,
    perform: async (around) => (around.seen.files.length > 1 ? press('Delete')(around, '') : false),
  },
  open: {
    weight: 5,
    choices: [0, 1, 2, 3],
    perform: async ({ door, files, seen }, to) => {
      const file = files[Number(to)]!;
      if (seen.files.some((name) => name === file.name)) return false;
      await door.open(file);
      return true;
    },
  },
  export: {
    weight: 2,
    perform: ({ page }) =>
      use(page.getByRole('button', { name: 'Export', exact: true }), (button) =>
        button.click({ timeout: PATIENCE }),
      ),
  },
  'kill the engine': {
    weight: 1,
    perform: async ({ door }) => {
      const engine = door.engine();
      if (engine === null) return false;
      process.kill(engine, 'SIGKILL');
      return true;
    },
  },
  'change on disk': {
    weight: 1,
    choices: [0, 1, 2],
    perform: async ({ files, folder }, to) => {
      const file = files[Number(to)]!;
      if (!canChange(file)) return false;
      await changeFile(file, folder);
      return true;
    },
  },
};

/** A seeded list of steps; which of them can be done is seen on the way. */
export function plan(uniform: () => number, steps: number): Step[] {
  const table = Object.entries(actions);
  const total = table.reduce((sum, [, { weight }]) => sum + weight, 0);
  return Array.from({ length: steps }, () => {
    let at = uniform() * total;
    const found = table.find(([, { weight }]) => (at -= weight) < 0) ?? table[0]!;
    const [name, { choices }] = found;
    const chance = uniform();
    if (!choices) return { do: name };
    return { do: name, to: choices[Math.floor(chance * choices.length)]! };
  });
}
