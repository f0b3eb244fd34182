/** What `stat` alone tells of files: whether one is still the one that was looked at. */
import { stat } from 'node:fs/promises';

/** Of one file. @param facts as `stat` with whole numbers gives them */
export const stampOfFacts = ({
  size,
  mtimeNs,
}: {
  readonly size: bigint;
  readonly mtimeNs: bigint;
}): string => `${size} ${mtimeNs}`;

/** Sizes and times of change, a line each. @throws of the file system */
export async function stampOf(paths: readonly string[]): Promise<string> {
  const facts = await Promise.all(paths.map((path) => stat(path, { bigint: true })));
  return facts.map(stampOfFacts).join('\n');
}
