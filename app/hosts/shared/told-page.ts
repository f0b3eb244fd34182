/**
 * The page as it is handed out: what it would ask its host first stands in it already, as data. It is no script, so the content policy
 * lets none through for it; and it is in nobody's cache, for the page itself is in none.
 */
import { TOLD, type ToldWithPage } from '../../contract/http.ts';

/** Its end in one piece would end the script of whoever reads this file as the part of a page (the check of sentences does). */
const ELEMENT = 'script';

/** @param html of the built page */
export function withTold(html: string, told: ToldWithPage): string {
  // Whatever a name in it is called, the element ends where it should.
  const data = JSON.stringify(told).replaceAll('<', '\\u003c');
  const element = `<${ELEMENT} type="application/json" id="${TOLD}">${data}</${ELEMENT}>`;
  return html.replace('</body>', () => `${element}</body>`);
}
