/** A table that is made when it is first asked for, once. */
export function made<T>(make: () => T): () => T {
  let table: T | null = null;
  return () => (table ??= make());
}
