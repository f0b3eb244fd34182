/** How many of the pictures that a network is shown are unlike what it learnt from, said once for all of them. */
import type { Notice } from '../../contract/index.ts';
import { say } from '../sentences.ts';
import { unlikeIn, type Facts, type Saw, type Unlike } from './saw.ts';
import { inWords } from './words.ts';

export class UnlikeCount {
  readonly #title: string;
  readonly #saw: Saw | null;
  readonly #found = new Map<Unlike['what'], Unlike>();
  #asked = 0;
  #unlike = 0;

  /** @param saw null: it is not known what the network learnt from */
  constructor(title: string, saw: Saw | null) {
    this.#title = title;
    this.#saw = saw;
  }

  /** @param facts of a picture; asked for where it is known what was learnt @returns in what it is unlike that, to be remembered */
  add(facts: () => Facts): readonly Unlike[] {
    if (!this.#saw) return [];
    const found = unlikeIn(this.#saw, facts());
    this.recall(found);
    return found;
  }

  /** @param found as `add` found it of a picture that is not looked at again */
  recall(found: readonly Unlike[]): void {
    if (!this.#saw) return;
    this.#asked++;
    if (found.length > 0) this.#unlike++;
    for (const one of found) if (!this.#found.has(one.what)) this.#found.set(one.what, one);
  }

  /** @returns empty: none differs in anything of what is known, which is no promise */
  notices(): readonly Notice[] {
    if (this.#unlike === 0) return [];
    const how = inWords([...this.#found.values()]);
    const counts = { count: this.#unlike, of: this.#asked };
    return [{ level: 'warning', text: say('unlikeSome', { title: this.#title, how, ...counts }) }];
  }
}
