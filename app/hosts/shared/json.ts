/**
 * JSON and cloned values at the doors: what is nested deeper than anything that we ask for is refused
 * in words, before a schema, a message or a copy walks down into it and runs out of stack.
 */
import { HourglassError, invalidParameter } from '../../contract/index.ts';
import { say } from './sentences.ts';

/** Our own inputs have four levels. */
export const mostLevels = 32;

const tooDeep = (name: string): HourglassError =>
  new HourglassError(
    'invalid-parameter',
    say('expectedAtMostLevelsObjects', { mostLevels, name }),
    { details: { name } },
  );

/**
 * @param name of what it is, for the sentence
 * @throws HourglassError invalid-parameter
 */
export function parseJson(text: string, name: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidParameter(name, 'JSON', text.slice(0, 100));
  }
  refuseDeep(value, name);
  return value;
}

/** Level by level, so that no depth is a depth of calls. @throws HourglassError invalid-parameter */
export function refuseDeep(value: unknown, name: string): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > mostLevels) throw tooDeep(name);
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null && !ArrayBuffer.isView(one)
        ? Object.values(one).filter((part) => typeof part === 'object' && part !== null)
        : [],
    );
  }
}
