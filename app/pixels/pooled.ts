/** Some at a time: a tree of 40,000 files neither one by one nor all at once. */

/** Enough that a slow disk always has something to do. */
const atOnce = 8;

/**
 * @returns what `work` made of each, in the order of the items
 * @throws whatever the first that fails throws; the others that had begun are waited for
 */
export async function pooled<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (!failed && next < items.length) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: Math.min(atOnce, items.length) }, worker),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}
