/** File names that must not meet in one folder or archive. */

/** Names alike but for case, or for how an accent is composed, are one file on many systems. */
const keyOf = (name: string): string => name.normalize('NFC').toLowerCase();

/** The name with a number before its extension, from 2 on: `photo-2.jpg`. */
export function numberedName(name: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const at = dot > 0 ? dot : name.length;
  return `${name.slice(0, at)}-${number}${name.slice(at)}`;
}

/** A name that is not taken yet: the given one, else a numbered one. It is taken then. */
export function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let number = 2; taken.has(keyOf(unique)); number++) unique = numberedName(name, number);
  taken.add(keyOf(unique));
  return unique;
}
