/**
 * Whether a network is still the one that made a result: its card names the hash of every file of it, so the card's
 * own hash stands for all of them.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** SHA-256 of an installed model's card, hexadecimal; null: it is not installed. */
export type ModelPrint = (id: string) => Promise<string | null>;

/** Each card is read once. @param foldersOf models, the first that has one counts; asked when it is needed */
export function modelPrints(foldersOf: () => readonly string[]): ModelPrint {
  const known = new Map<string, Promise<string | null>>();
  const read = async (id: string): Promise<string | null> => {
    for (const folder of foldersOf())
      try {
        const card = await readFile(join(folder, id, 'card.json'));
        return createHash('sha256').update(card).digest('hex');
      } catch {
        // Not in this one.
      }
    return null;
  };
  return (id) => {
    if (id !== basename(id)) return Promise.resolve(null);
    let print = known.get(id);
    if (!print) known.set(id, (print = read(id)));
    return print;
  };
}
