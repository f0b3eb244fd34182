/** What axe finds on a page, for the tests of every workspace. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** @param alone the page is the only one that its host can have: the window's */
export async function expectNothingSerious(page: Page, alone = false): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(alone).analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
  expect(serious).toEqual([]);
}
