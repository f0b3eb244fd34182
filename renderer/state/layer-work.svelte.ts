/**
 * One command that makes a layer of an open document: cleaning it, compressing it. Keeps what was
 * *requested* apart from what is *shown*: while a new result is computed the previous one stays, under
 * its own label, until the visible region of the new one is finished. Knows nothing of sliders, strips
 * or exports.
 */
import {
  HourglassError,
  toHourglassError,
  type SerializedError,
} from '../../app/contract/errors.ts';
import type { HourglassEvent, Rect } from '../../app/contract/index.ts';
import type { Amount } from '../viewer/amount.ts';
import type { LayerKind, OnScreen, ViewerLayer } from '../viewer/types.ts';

type LayerEvent = Extract<HourglassEvent, { type: 'layer' }>;
type JobEvent = Extract<HourglassEvent, { type: 'job' }>;

export type WorkStatus =
  'idle' | 'waiting' | 'running' | 'final' | 'nothing' | 'cancelled' | 'failed';

/** What the command says in the end. */
export interface LayerOutput {
  readonly layer: string;
}

/** A result as far as it exists: which settings made it, how much of it is there. */
export interface Produced<S, O extends LayerOutput> {
  readonly layer: ViewerLayer;
  readonly settings: S;
  readonly done: number;
  readonly total: number;
  /** Known when complete. */
  readonly facts: O | null;
}

export interface WorkRequest<S, I> {
  readonly document: string;
  readonly settings: S;
  /** The command's input, made when the work starts, so that it holds the region visible then. */
  readonly input: () => I;
  /** How much it takes away, where that can be told: until it is there, what took another amount stands for it. */
  readonly amount?: Amount;
}

export interface LayerWorkOptions<S, I, O extends LayerOutput> {
  /** Begins the ids of its jobs. */
  readonly name: string;
  readonly kind: LayerKind;
  /** What is said beside the label of a finished layer. */
  readonly facts?: (output: O) => string;
  readonly run: (input: I, options: { job: string; signal: AbortSignal }) => Promise<O>;
  /** The job's own progress counts, in thousandths of work with several stages; default: finished tiles. */
  readonly staged?: boolean;
  readonly same: (a: S, b: S) => boolean;
  /** The region on the screen; null before anything is shown. */
  readonly visible: () => Rect | null;
  /** What the viewer really shows; null: that changes with its next frame. Default: all that was made. */
  readonly onScreen?: () => OnScreen | null;
}

/** Runs a command once more. */
export type LayerAgain<O> = (options: { job: string; signal: AbortSignal }) => Promise<O>;

const wholePlane: Rect = { x: 0, y: 0, width: 1, height: 1 };

/** Area of `view` that the disjoint `rects` cover, in pixels. */
export function coveredArea(view: Rect, rects: readonly Rect[]): number {
  let area = 0;
  for (const rect of rects) {
    const width = Math.min(view.x + view.width, rect.x + rect.width) - Math.max(view.x, rect.x);
    const height = Math.min(view.y + view.height, rect.y + rect.height) - Math.max(view.y, rect.y);
    if (width > 0 && height > 0) area += width * height;
  }
  return area;
}

const isAlike = ({ amount }: ViewerLayer, wanted: Amount | null): boolean =>
  amount !== undefined && amount.scale === wanted?.scale;

/** True when the last frame was drawn with just this layer, all of it. */
export const isOnScreen = (layer: ViewerLayer, shown: OnScreen | null): boolean =>
  shown !== null &&
  shown.whole &&
  shown.layer?.id === layer.id &&
  shown.layer.epoch === layer.epoch &&
  shown.layer.version === layer.version &&
  shown.layer.complete;

export class LayerWork<S, I, O extends LayerOutput> {
  status = $state<WorkStatus>('idle');
  /** What the person asked for last. */
  requested = $state.raw<S | null>(null);
  /** What is on the screen. */
  shown = $state.raw<Produced<S, O> | null>(null);
  /** How much is asked to be taken away, while that is made or shown; null: it can not be told. */
  amount = $state.raw<Amount | null>(null);
  /** Tiles of the running computation, shown or not; of staged work, steps that are worth a share only. */
  progress = $state.raw<{ done: number; total: number } | null>(null);
  error = $state.raw<SerializedError | null>(null);

  /** Called when pixels of the shown layer changed. */
  onchange: ((rect: Rect, version: number) => void) | null = null;
  /** Called when a result is complete. */
  onfinal: (() => void) | null = null;

  readonly #options: LayerWorkOptions<S, I, O>;
  #job = '';
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next: Produced<S, O> | null = null;
  #nextRects: Rect[] = [];
  #version = 0;
  /** Tiles that the running job has told of. */
  #heard = { layer: '', tiles: 0 };
  /** Grows when layers are gone: one of the same id that is made later is another one. */
  #epoch = 0;
  #last: WorkRequest<S, I> | null = null;
  /** What was shown before the settings left the picture as it is: its difference may be wanted again. */
  #rested: Produced<S, O> | null = null;

  constructor(options: LayerWorkOptions<S, I, O>) {
    this.#options = options;
  }

  get busy(): boolean {
    return this.status === 'waiting' || this.status === 'running';
  }

  /** True when the picture on the screen was made with the settings that are asked for. */
  get current(): boolean {
    return (
      this.shown !== null &&
      this.requested !== null &&
      this.#options.same(this.shown.settings, this.requested)
    );
  }

  /** True while every pixel of the shown layer that the screen has room for is on it. */
  get arrived(): boolean {
    const { onScreen } = this.#options;
    if (!onScreen) return true;
    return this.shown !== null && isOnScreen(this.shown.layer, onScreen());
  }

  /** True while some of the screen shows what an earlier result took away, at the amount that is asked for. */
  get approximate(): boolean {
    return this.#options.onScreen?.()?.approximate ?? false;
  }

  /** The status for a person: a result is final when it is also seen. */
  get state(): WorkStatus | 'arriving' {
    return this.status === 'final' && !this.arrived ? 'arriving' : this.status;
  }

  /** Id of the job that runs now, for events. */
  get job(): string {
    return this.#job;
  }

  /**
   * Asks for new settings; whatever runs is cancelled.
   * @param delay milliseconds to wait for further changes before the work starts
   */
  request(request: WorkRequest<S, I>, delay: number): void {
    this.#stop();
    this.#last = request;
    this.requested = request.settings;
    this.amount = request.amount ?? null;
    if (this.shown === null && this.#rested && isAlike(this.#rested.layer, this.amount))
      this.shown = this.#rested;
    this.#rested = null;
    this.error = null;
    this.progress = null;
    if (this.shown?.layer.complete && this.current) {
      this.status = 'final';
      this.onfinal?.();
      return;
    }
    this.status = 'waiting';
    this.#timer = setTimeout(() => void this.#start(request), delay);
  }

  /** Makes the finished result on the screen once more; null: there is none. */
  again(): LayerAgain<O> | null {
    // What is shown first: whoever looks has to hear of the end of the work.
    const isThere = this.status === 'final' && this.current;
    const request = this.#last;
    if (!isThere || !request) return null;
    return (options) => this.#options.run(request.input(), options);
  }

  /** Nothing is to be done: the settings leave the picture as it is. */
  rest(settings: S): void {
    this.#stop();
    this.requested = settings;
    this.amount = null;
    this.error = null;
    this.progress = null;
    if (this.shown?.layer.complete) this.#rested = this.shown;
    this.shown = null;
    this.status = 'nothing';
  }

  /** Ends the work at a person's word. What is finished stays on the screen and is called partial. */
  cancel(): void {
    if (!this.busy) return;
    this.#stop();
    this.amount = null;
    this.status = 'cancelled';
  }

  /** Goes on after a cancel or a failure. */
  resume(): void {
    if (this.#last) this.request(this.#last, 0);
  }

  /** Ends work that nobody looks at any more; what was complete stays. */
  leave(): void {
    if (!this.busy) return;
    this.#stop();
    this.amount = null;
    this.progress = null;
    this.status = 'idle';
    if (this.shown && !this.shown.layer.complete) this.shown = null;
  }

  /**
   * A layer of the document is gone from the engine. What is shown of it goes; an unfinished job will
   * bring its own. Returns whether a finished result has to be made again.
   */
  onGone(layer: string): boolean {
    this.#epoch += 1;
    if (this.#rested?.layer.id === layer) this.#rested = null;
    if (this.shown?.layer.id !== layer) return false;
    this.shown = null;
    if (this.status !== 'final') return false;
    this.status = 'idle';
    return true;
  }

  /** The document is gone from the engine, its layers with it. */
  lose(): void {
    this.#stop();
    this.#epoch += 1;
    this.#rested = null;
    this.amount = null;
    this.shown = null;
    this.progress = null;
    if (this.status !== 'failed') this.status = 'idle';
  }

  /**
   * The engine ended: its layers are gone. A running job is left to be rejected by the host, whose
   * error then says what happened.
   */
  engineDied(): void {
    this.#epoch += 1;
    this.#rested = null;
    this.shown = null;
    this.progress = null;
    this.#next = null;
    this.#nextRects = [];
    if (this.status !== 'running' && this.status !== 'failed') this.lose();
  }

  /** True when the engine ended while it worked on this. */
  get suspect(): boolean {
    return this.status === 'running' || this.error?.code === 'engine-died';
  }

  fail(error: unknown): void {
    this.#stop();
    this.amount = null;
    this.error = toHourglassError(error).toJSON();
    this.status = 'failed';
  }

  onJob(event: JobEvent): void {
    if (event.job !== this.#job || this.status !== 'running') return;
    if (event.state !== 'running') return;
    if (event.progress && event.progress.unit === 'tiles' && event.progress.total > 0)
      this.progress = { done: event.progress.done, total: event.progress.total };
  }

  onLayer(event: LayerEvent): void {
    if (event.job !== this.#job || this.status !== 'running' || this.requested === null) return;
    if (this.#heard.layer !== event.layer) this.#heard = { layer: event.layer, tiles: 0 };
    this.#heard.tiles += 1;
    if (this.shown?.layer.id === event.layer) {
      this.#grow(event);
      return;
    }
    if (this.#next?.layer.id !== event.layer) this.#nextRects = [];
    this.#nextRects.push(event.rect);
    this.#progressFrom(event);
    this.#next = {
      layer: {
        id: event.layer,
        kind: this.#options.kind,
        version: ++this.#version,
        complete: false,
        epoch: this.#epoch,
        ...this.#amountOf(this.#last),
        finished: [...this.#nextRects],
      },
      settings: this.requested,
      done: event.finishedTiles,
      total: event.totalTiles,
      facts: null,
    };
    const view = this.#options.visible() ?? wholePlane;
    const enough = coveredArea(view, this.#nextRects) >= view.width * view.height;
    // Where the earlier result stands for this one, parts may come one by one.
    const stood = this.shown?.layer.complete === true && isAlike(this.shown.layer, this.amount);
    if (this.shown === null || stood || enough) this.#show(this.#next);
  }

  #amountOf(request: WorkRequest<S, I> | null): { amount?: Amount } {
    return request?.amount ? { amount: request.amount } : {};
  }

  #grow(event: LayerEvent): void {
    const shown = this.shown;
    if (!shown || shown.layer.complete) return;
    const version = ++this.#version;
    this.shown = {
      ...shown,
      // A viewer that is mounted later must know what was finished before it came.
      layer: { ...shown.layer, version, finished: [...(shown.layer.finished ?? []), event.rect] },
      done: event.finishedTiles,
      total: event.totalTiles,
    };
    if (this.current) this.#progressFrom(event);
    this.onchange?.(event.rect, version);
  }

  #progressFrom(event: LayerEvent): void {
    if (!this.#options.staged)
      this.progress = { done: event.finishedTiles, total: event.totalTiles };
  }

  #show(produced: Produced<S, O>): void {
    this.shown = produced;
    this.#next = null;
    this.#nextRects = [];
  }

  async #start(request: WorkRequest<S, I>): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    this.#job = `${this.#options.name}-${crypto.randomUUID()}`;
    this.#heard = { layer: '', tiles: 0 };
    this.status = 'running';
    try {
      const output = await this.#options.run(request.input(), {
        job: this.#job,
        signal: abort.signal,
      });
      if (abort.signal.aborted) return;
      this.#finish(request, output);
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#abort = null;
      const known = error instanceof HourglassError ? error : toHourglassError(error);
      if (known.code === 'cancelled') this.status = 'cancelled';
      else this.fail(known);
    }
  }

  #finish(request: WorkRequest<S, I>, output: O): void {
    this.#abort = null;
    const before = this.shown?.layer.id === output.layer ? this.shown : this.#next;
    const total = before?.total ?? this.progress?.total ?? 1;
    // An answer may overtake the events before it: over HTTP they come by another connection. What was not
    // heard of, or never told (it was there already), is a new version, and is fetched again.
    const heardAll = this.#heard.layer === output.layer && this.#heard.tiles >= total;
    const version = before && heardAll ? before.layer.version : (this.#version += 1);
    const epoch = before?.layer.epoch ?? this.#epoch;
    const { kind, facts } = this.#options;
    const about = {
      ...{ kind, ...this.#amountOf(request) },
      ...(facts ? { facts: facts(output) } : {}),
    };
    this.#show({
      layer: { id: output.layer, ...about, version, complete: true, epoch },
      settings: request.settings,
      done: total,
      total,
      facts: output,
    });
    this.progress = null;
    this.status = 'final';
    this.onfinal?.();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
    this.#next = null;
    this.#nextRects = [];
  }
}
