/** What a network makes of six held-back images while it learns: the same squares each time, as bytes that a page draws. */
import type { GraphTensor, RunnableGraph } from '../runtime/index.ts';
import type { Batch } from './batches.ts';
import { sizeOf } from './engine/index.ts';
import type { LearntImage } from './images.ts';
import { kinds } from './kinds.ts';
import { imageShape, pairsOf, shownShape, type Plan } from './network.ts';
import { twinsIn } from './twins.ts';

/** As `training-pictures` tells it. */
export interface Pictures {
  readonly side: number;
  readonly tones: 1 | 3;
  readonly pictures: readonly {
    readonly shown: string;
    readonly given: string;
    readonly clean: string;
  }[];
}

/** Images that are shown, of those that are held back. */
const MOST = 6;
/** Side of what is shown of each, about: a code of the dense kinds describes less, and is asked for several squares of it. */
const SIDE = 64;

/** A mosaic of squares beside each other, which are shown to the network and put together again. */
export class Gallery {
  readonly #plan: Plan;
  readonly #across: number;
  readonly #count: number;
  readonly #batches: readonly Batch[];

  /** @param shown makes a batch of clean squares into what the network is shown */
  constructor(
    plan: Plan,
    heldBack: readonly LearntImage[],
    shown: (clean: Float32Array<ArrayBuffer>, at: number) => Batch,
  ) {
    this.#plan = plan;
    const { batch, patch } = plan.settings;
    const { tones, half } = plan;
    const stride = half ? 2 : 1;
    const images = heldBack.slice(0, MOST);
    const least = Math.min(...images.map(({ pieces }) => pieces[0]!.side));
    // What goes through convolutions would have seams.
    const most = kinds[plan.settings.kind].anySize ? 1 : Math.round(SIDE / patch);
    const across = Math.max(1, Math.min(most, Math.floor(least / patch / stride)));
    this.#across = across;
    this.#count = images.length;
    const perImage = across * across;
    const square = tones * patch * patch;
    const total = images.length * perImage;
    this.#batches = Array.from({ length: Math.ceil(total / batch) }, (_, at) => {
      const clean = new Float32Array(sizeOf(imageShape(plan)));
      for (let item = 0; item < batch; item++) {
        // The last batch is filled up with squares that nobody looks at.
        const place = (at * batch + item) % total;
        const { side, data } = images[Math.floor(place / perImage)]!.pieces[0]!;
        const middle = Math.floor((side - across * patch * stride) / 2);
        const left = middle + (place % across) * patch * stride;
        const top = middle + (Math.floor(place / across) % across) * patch * stride;
        for (let plane = 0, to = item * square; plane < tones; plane++)
          for (let y = 0; y < patch; y++)
            for (let x = 0; x < patch; x++, to++)
              clean[to] =
                data[plane * side * side + (top + stride * y) * side + left + stride * x]!;
      }
      // From somebody who looks nothing is hidden, and no noise is added to what has enough.
      if (kinds[plan.settings.kind].shown === 'hidden')
        return { x: clean.slice(), target: clean, clean };
      return shown(clean, at);
    });
  }

  /** @param graph of `lookOf` @param weights as `theta` */
  async look(
    graph: RunnableGraph,
    outputs: Readonly<Record<string, readonly number[]>>,
    weights: Float32Array,
  ): Promise<Pictures> {
    const plan = this.#plan;
    const { tones, settings } = plan;
    const side = this.#across * settings.patch;
    const blank = (): Buffer[] =>
      Array.from({ length: this.#count }, () => Buffer.alloc(side * side * tones));
    const [shown, given, clean] = [blank(), blank(), blank()];
    for (const [at, batch] of this.#batches.entries()) {
      const answer = await outcomeOf(graph, { plan, outputs, weights, x: batch.x });
      this.#put(batch.x, shownShape(plan)[1]!, at, shown);
      this.#put(answer.y!.data, tones, at, given);
      this.#put(batch.clean, tones, at, clean);
    }
    return {
      ...{ side, tones },
      pictures: shown.map((bytes, at) => ({
        shown: bytes.toString('base64'),
        given: given[at]!.toString('base64'),
        clean: clean[at]!.toString('base64'),
      })),
    };
  }

  /** Squares of a batch, planar with `channels`, to their places. */
  #put(values: Float32Array, channels: number, at: number, pictures: readonly Buffer[]): void {
    const { tones, settings } = this.#plan;
    const { batch, patch } = settings;
    const across = this.#across;
    const perImage = across * across;
    const side = across * patch;
    for (let item = 0; item < batch; item++) {
      const place = at * batch + item;
      const picture = pictures[Math.floor(place / perImage)];
      if (!picture) return;
      const left = (place % across) * patch;
      const top = (Math.floor(place / across) % across) * patch;
      putSquare(picture, values, { tones, channels, patch, item, left, top, side });
    }
  }
}

/** Of views: one of each image, the view that it takes for the other one, and the other one. */
export class ViewGallery {
  readonly #plan: Plan;
  readonly #batch: Batch;

  /** @param batch the first of those held back */
  constructor(plan: Plan, batch: Batch) {
    this.#plan = plan;
    this.#batch = batch;
  }

  /** @param graph of `lookOf` @param weights as `theta` */
  async look(
    graph: RunnableGraph,
    outputs: Readonly<Record<string, readonly number[]>>,
    weights: Float32Array,
  ): Promise<Pictures> {
    const { tones, settings } = this.#plan;
    const { width, patch, temperature } = settings;
    const { x, counted } = this.#batch;
    const { code } = await outcomeOf(graph, { plan: this.#plan, outputs, weights, x });
    const count = Math.min(MOST, counted!);
    const { nearest } = twinsIn(code!.data, width, temperature, count);
    const pairs = pairsOf(this.#plan);
    const square = (row: number): string => {
      const bytes = Buffer.alloc(patch * patch * tones);
      putSquare(bytes, x, {
        tones,
        channels: tones,
        patch,
        item: row,
        left: 0,
        top: 0,
        side: patch,
      });
      return bytes.toString('base64');
    };
    return {
      ...{ side: patch, tones },
      pictures: nearest.map(([found], pair) => ({
        ...{ shown: square(pair), given: square(found), clean: square(pair + pairs) },
      })),
    };
  }
}

/** One run of `lookOf`'s graph; memory goes with it and is made anew. */
async function outcomeOf(
  graph: RunnableGraph,
  {
    plan,
    outputs,
    weights,
    x,
  }: {
    readonly plan: Plan;
    readonly outputs: Readonly<Record<string, readonly number[]>>;
    readonly weights: Float32Array;
    readonly x: Float32Array<ArrayBuffer>;
  },
): Promise<Readonly<Record<string, GraphTensor>>> {
  const into = Object.fromEntries(
    Object.entries(outputs).map(([name, shape]): [string, GraphTensor] => [
      name,
      { data: new Float32Array(sizeOf(shape)), shape },
    ]),
  );
  const theta = new Float32Array(weights);
  const answer = await graph.run(
    {
      x: { data: x.slice(), shape: shownShape(plan) },
      theta: { data: theta, shape: [theta.length] },
    },
    into,
  );
  return answer.into;
}

/** One square of a planar batch into an interleaved picture of bytes. */
function putSquare(
  picture: Buffer,
  values: Float32Array,
  at: {
    readonly tones: number;
    readonly channels: number;
    readonly patch: number;
    readonly item: number;
    readonly left: number;
    readonly top: number;
    readonly side: number;
  },
): void {
  const { tones, channels, patch, item, left, top, side } = at;
  for (let tone = 0; tone < tones; tone++)
    for (let i = 0; i < patch * patch; i++) {
      const value = values[(item * channels + tone) * patch * patch + i]!;
      const x = left + (i % patch);
      const y = top + Math.floor(i / patch);
      picture[(y * side + x) * tones + tone] = Math.max(0, Math.min(255, Math.round(255 * value)));
    }
}
