/**
 * The walk itself: does one step after the other, waits until the screen says that it is final, and lets
 * the judge look all the while. What was found wrong is kept with the steps that led there.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { uniform } from '../random.ts';
import { actions, plan, type Step } from './actions.ts';
import { canvasPixels, observe, openDoor, type Door, type DoorKind } from './doors.ts';
import { Expected } from './expected.ts';
import { awaitsPeer, Judge, saysFinal, type Observation } from './judge.ts';
import { makeFiles, type WalkFile } from './pictures.ts';

/** A step that is not final by then does not count as having reached it, milliseconds. */
const FINAL_WITHIN = 10_000;
/** Words and pixels come to the screen with different frames; what lasts longer is a lie, milliseconds. */
const GRACE = 300;
const LOOK_EVERY = 60;
/** Two pictures and a few layers, megabytes. */
const MEMORY = 16;
/** Answers to what was under way when the engine was killed, milliseconds. */
const AFTER_A_KILL = 3000;

export interface Finding {
  readonly step: number;
  readonly kind: 'differs' | 'mislabelled' | 'not found' | 'broken';
  readonly words: string;
  readonly pixels: number;
}

export interface WalkResult {
  readonly steps: number;
  /** Steps that were done, and those of them that were final in time. */
  readonly done: number;
  readonly final: number;
  /** Final steps by zoom, percent. */
  readonly zooms: Readonly<Record<string, number>>;
  readonly comparedPixels: number;
  readonly differingPixels: number;
  readonly notFound: number;
  readonly findings: readonly Finding[];
  /** What was done, in order. */
  readonly log: readonly string[];
}

export interface WalkOptions {
  readonly door: DoorKind;
  readonly seed: number;
  readonly steps: number;
  /** Walked in the place of a seeded list. */
  readonly list?: readonly Step[];
  /** A new folder for everything that the walk needs. */
  readonly folder: string;
  /** Where pictures of what went wrong are put. */
  readonly shots: string;
  /** What the program may hold of pictures, megabytes; little, so that much has to go and come again. */
  readonly memory?: number;
  /** Milliseconds for the whole; steps that are left then are not done. */
  readonly within?: number;
  readonly say?: (line: string) => void;
}

export async function walk(options: WalkOptions): Promise<WalkResult> {
  const home = join(options.folder, 'home');
  const files = join(options.folder, 'files');
  await Promise.all([home, files, options.shots].map((one) => mkdir(one, { recursive: true })));
  const expected = new Expected(options.folder, join(home, 'cache/hourglass'));
  const made = await makeFiles(files, expected.encode);
  const env = { HOURGLASS_PICTURE_MEMORY: String(options.memory ?? MEMORY) };
  const door = await openDoor(options.door, made, { home, env });
  try {
    return await new Walker(options, door, made, expected, files).go();
  } finally {
    await Promise.all([door.close(), expected.stop()]);
  }
}

class Walker {
  readonly #options: WalkOptions;
  readonly #door: Door;
  readonly #files: readonly WalkFile[];
  readonly #folder: string;
  readonly #judge: Judge;
  readonly #findings: Finding[] = [];
  readonly #log: string[] = [];
  readonly #zooms: Record<string, number> = {};
  #final = 0;
  #done = 0;
  #compared = 0;
  #notFound = 0;
  #killedAt = -Infinity;

  constructor(
    options: WalkOptions,
    door: Door,
    files: readonly WalkFile[],
    expected: Expected,
    folder: string,
  ) {
    this.#options = options;
    this.#door = door;
    this.#files = files;
    this.#folder = folder;
    this.#judge = new Judge(expected, files, (frame) => canvasPixels(door.page, frame));
  }

  async go(): Promise<WalkResult> {
    const { seed, steps, within = Infinity } = this.#options;
    const list = this.#options.list ?? plan(uniform(seed), steps);
    const started = Date.now();
    await this.#door.page.locator('[data-picture-state]').waitFor({ timeout: 60_000 });
    await this.#settle(0, 60_000);
    for (const [index, step] of list.entries()) {
      if (Date.now() - started > within) break;
      await this.#step(index + 1, step);
    }
    const sum = (pick: (finding: Finding) => number) =>
      this.#findings.reduce((total, finding) => total + pick(finding), 0);
    return {
      steps: list.length,
      ...{ done: this.#done, final: this.#final, zooms: this.#zooms },
      comparedPixels: this.#compared,
      differingPixels: sum(({ kind, pixels }) => (kind === 'differs' ? pixels : 0)),
      notFound: this.#notFound,
      findings: this.#findings,
      log: this.#log,
    };
  }

  async #step(index: number, step: Step): Promise<void> {
    const { page } = this.#door;
    const words = step.to === undefined ? step.do : `${step.do}: ${step.to}`;
    try {
      const seen = await observe(page);
      const around = {
        ...{ door: this.#door, page, files: this.#files, folder: this.#folder, seen },
      };
      const retry = page.getByRole('button', { name: 'Try again' }).first();
      // A person who is offered a second try takes it before anything else.
      if (this.#options.list === undefined && (await retry.isVisible()))
        await retry.click({ timeout: 2000 });
      const action = actions[step.do];
      if (!action) throw new Error(`There is no action ${JSON.stringify(step.do)}.`);
      if (step.do === 'kill the engine') this.#killedAt = Date.now();
      if (!(await action.perform(around, step.to ?? ''))) {
        this.#say(`${index}. ${words}: can not be done now, the next photo instead`);
        if (this.#options.list !== undefined) return;
        await actions.file!.perform(around, index % this.#files.length);
      }
    } catch (error) {
      await this.#found(index, 'broken', `“${words}” could not be done: ${String(error)}`);
      return;
    }
    this.#done += 1;
    const outcome = await this.#settle(index, FINAL_WITHIN);
    this.#say(`${index}. ${words} → ${outcome}`);
  }

  /** Looks until the screen is final and right, or is wrong, or takes too long. */
  async #settle(index: number, patience: number): Promise<string> {
    let deadline = Date.now() + patience;
    let wrongSince: number | null = null;
    let mislabelledSince: number | null = null;
    let said = new Set<string>();
    let seen: Observation | null = null;
    /** The screen was right, and something beside it is still being made. */
    let right: (() => string) | null = null;
    while (Date.now() < deadline) {
      seen = await observe(this.#door.page);
      await this.#hear(index, seen);
      const mislabelled = await this.#judge.mislabelled(seen);
      if (mislabelled === null) mislabelledSince = null;
      else {
        mislabelledSince ??= seen.at;
        if (seen.at - mislabelledSince > GRACE && !said.has(mislabelled)) {
          said = said.add(mislabelled);
          await this.#found(index, 'mislabelled', mislabelled);
        }
      }
      if (saysFinal(seen)) {
        const verdict = await this.#judge.final(seen);
        if (verdict.kind === 'asked') {
          deadline += verdict.milliseconds;
          wrongSince = null;
          continue;
        }
        if (verdict.kind === 'right') {
          right = () => this.#right(index, verdict, seen!);
          if (!awaitsPeer(seen)) return right();
          wrongSince = null;
        }
        if (verdict.kind === 'wrong') {
          wrongSince ??= seen.at;
          right = null;
          if (seen.at - wrongSince > GRACE) {
            this.#final += 1;
            await this.#found(
              index,
              'differs',
              `${verdict.words}; said is “${seen.said}”`,
              verdict.pixels,
            );
            return `WRONG: ${verdict.words}`;
          }
        } else wrongSince = null;
      } else wrongSince = null;
      await sleep(LOOK_EVERY);
    }
    if (right) return right();
    const about = seen && [seen.said, seen.problem, seen.notice].filter(Boolean).join(' | ');
    return `not final in ${FINAL_WITHIN / 1000} s: ${about}`;
  }

  #right(
    index: number,
    { zoom, pixels }: { zoom: number; pixels: number },
    seen: Observation,
  ): string {
    if (index > 0) this.#final += 1;
    const percent = `${Math.round(zoom * 100)} %`;
    this.#zooms[percent] = (this.#zooms[percent] ?? 0) + 1;
    this.#compared += pixels;
    return `${seen.name} ${seen.labels.join(' | ')} at ${percent}`;
  }

  async #hear(index: number, seen: Observation): Promise<void> {
    for (const { path, status, at, onScreen } of seen.answers) {
      if (status !== 404 || !onScreen) continue;
      if (at - this.#killedAt < AFTER_A_KILL) continue;
      this.#notFound += 1;
      await this.#found(index, 'not found', `a tile on the screen was answered with 404: ${path}`);
    }
  }

  async #found(step: number, kind: Finding['kind'], words: string, pixels = 0): Promise<void> {
    const { door, seed, shots } = this.#options;
    this.#findings.push({ step, kind, words, pixels });
    this.#say(`!! ${step}. ${kind}: ${words}`);
    const alike = this.#findings.filter((finding) => finding.kind === kind).length;
    if (alike > 5) return;
    const name = `${door}-${seed}-${step}-${kind.replace(' ', '-')}`;
    await this.#door.page.screenshot({ path: join(shots, `${name}.png`) }).catch(() => null);
    await writeFile(join(shots, `${name}.txt`), [...this.#log, words, ''].join('\n'));
  }

  #say(line: string): void {
    this.#log.push(line);
    this.#options.say?.(line);
  }
}
