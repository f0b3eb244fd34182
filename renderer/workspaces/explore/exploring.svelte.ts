/**
 * Exploring as the page keeps it: what the host tells of it, what a person has turned for the next question, and which pictures are pointed at and
 * selected. The comparing itself is the host's.
 */
import { toHourglassError } from '../../../app/contract/errors.ts';
import { noExploring } from '../../../app/contract/exploring.ts';
import type { Part } from '../../../app/contract/explore-fields.ts';
import type { HeatMap } from '../../../app/contract/heat.ts';
import type {
  ExploredPicture,
  ExploringAnswer,
  ExploringDoor,
  ExploringEvent,
  ExploringRequest,
  ExploringState,
  Question,
  UnusualAnswer,
} from '../../../app/contract/index.ts';
import {
  byCamera,
  byClusters,
  byNoise,
  byScore,
  type ColouredBy,
  type Colouring,
} from './colouring.ts';
import { clustersOf } from './map-view.ts';
import { between, selectAll, without, type Selection } from '../../state/selection.ts';

type Answers = {
  readonly [Q in ExploringAnswer['question']]?: Extract<ExploringAnswer, { question: Q }>;
};

export const usual = { cutoff: 99, falseAlarms: 5 } as const;

export class Exploring {
  state = $state.raw<ExploringState>(noExploring);
  pictures = $state.raw<readonly ExploredPicture[]>([]);
  /** The last one to each question. */
  answers = $state.raw<Answers>({});
  /** Why the last thing that was asked for was refused; null: it was not. */
  refused = $state.raw<{ readonly message: string; readonly hint: string } | null>(null);

  /** That is looked at. */
  question = $state<Question>('map');
  /** Percentile of pairs. */
  cutoff = $state<number>(usual.cutoff);
  falseAlarms = $state<number>(usual.falseAlarms);
  /** Id of the training whose network compares; null: by looks. */
  comparedBy = $state<string | null>(null);
  /** And of the one whose network judges; null: as fits. */
  judgedBy = $state<string | null>(null);
  /** A part of a photo that is looked for; null: none was marked. */
  marked = $state.raw<{ readonly source: string; readonly part: Part } | null>(null);
  /** The heat map lies over the unusual picture that is pointed at. */
  heat = $state(true);
  /** Of the map; null: as many as divide the pictures best. */
  clusters = $state<number | null>(null);

  /** What the marks of the map are coloured by. */
  colouredBy = $state<ColouredBy>('cluster');

  /** Place of the picture that is pointed at; null: none. */
  current = $state<number | null>(null);
  selected = $state.raw<Selection<number>>(selectAll([]));

  /** null: nothing is explored in this session. */
  readonly door: ExploringDoor | null;

  /** Where a range begins. */
  #anchor: number | null = null;

  constructor(door: ExploringDoor | null) {
    this.door = door;
  }

  get busy(): boolean {
    return this.state.phase !== 'rest';
  }

  /** Of a photo, that is looked for; null: all of it. */
  partOf(source: string | null): Part | null {
    return this.marked?.source === source ? this.marked.part : null;
  }

  get colouring(): Colouring {
    const { map, unusual, facts } = this.answers;
    if (this.colouredBy === 'score' && unusual) return byScore(unusual);
    if (this.colouredBy === 'camera' && facts) return byCamera(facts);
    if (this.colouredBy === 'noise' && facts) return byNoise(facts);
    if (this.colouredBy !== 'cluster') return byClusters(null);
    return byClusters(map?.clusters ? clustersOf(map.clusters) : null);
  }

  /** The picture that is pointed at. */
  get picture(): ExploredPicture | null {
    return this.current === null ? null : (this.pictures[this.current] ?? null);
  }

  /** What was judged of the picture that is pointed at, where unusual ones are looked at. */
  get judged(): UnusualAnswer['rows'][number] | null {
    if (this.question !== 'unusual' || this.current === null) return null;
    return this.answers.unusual?.rows.find(({ picture }) => picture === this.current) ?? null;
  }

  /** Its heat map; null: there is none. */
  get hot(): HeatMap | null {
    return this.judged?.heat ?? null;
  }

  /** In the order of the list. */
  get selection(): readonly number[] {
    return [...this.selected].sort((a, b) => a - b);
  }

  /** A page that was loaded anew finds everything as it is. */
  async load(): Promise<void> {
    if (!this.door) return;
    try {
      const { state, pictures, answers } = await this.door.all();
      const isOther = state.list !== this.state.list || this.pictures.length !== pictures.length;
      this.state = state;
      this.pictures = pictures;
      this.answers = Object.fromEntries(answers.map((one) => [one.question, one]));
      if (!isOther) return;
      this.current = null;
      this.selected = selectAll([]);
    } catch (thrown) {
      this.#refuse(thrown);
    }
  }

  onEvent({ state, answer }: ExploringEvent): void {
    if (state.list !== this.state.list) {
      // Other pictures, which the event does not name.
      void this.load();
      return;
    }
    const { good } = this.state;
    this.state = state;
    // What was judged by other pictures is true no more.
    if (state.good?.from !== good?.from) this.answers = { ...this.answers, unusual: undefined };
    if (answer?.list === state.list) this.answers = { ...this.answers, [answer.question]: answer };
  }

  async ask(request: ExploringRequest): Promise<void> {
    this.refused = null;
    try {
      await this.door?.ask(request);
    } catch (thrown) {
      this.#refuse(thrown);
    }
  }

  /** One that was deleted is asked no more. */
  #known(id: string | null): string | undefined {
    return this.state.networks.find((network) => network.id === id)?.id;
  }

  /** @param source of the picture that is looked for; null: pictures that are one @param part of it alone */
  findSimilar(source: string | null, part: Part | null = null): Promise<void> {
    this.question = 'similar';
    const by = source === null ? undefined : this.#known(this.comparedBy);
    return this.ask({
      ...{ ask: 'similar', source, cutoff: this.cutoff },
      ...(by === undefined ? {} : { by }),
      ...(part === null ? {} : { part }),
    });
  }

  /** The question that is looked at, as it is turned; of similar ones: groups. */
  answer(): Promise<void> {
    const { question, falseAlarms, clusters } = this;
    if (question === 'similar') return this.findSimilar(null);
    if (question === 'unusual') {
      const by = this.#known(this.judgedBy);
      return this.ask({ ask: 'unusual', falseAlarms, ...(by === undefined ? {} : { by }) });
    }
    return this.ask({ ask: 'map', clusters });
  }

  /** @param order of the pictures as they are listed, for a range */
  point(picture: number, order: readonly number[], extend = false): void {
    if (extend) this.selected = between(order, this.#anchor ?? picture, picture);
    else this.#anchor = picture;
    this.current = picture;
  }

  toggle(picture: number): void {
    const { selected } = this;
    this.selected = selected.has(picture)
      ? without(selected, [picture])
      : selectAll([...selected, picture]);
    this.current = picture;
    this.#anchor = picture;
  }

  /** @param add to those that are selected already */
  select(pictures: readonly number[], add = false): void {
    this.selected = selectAll(add ? [...this.selected, ...pictures] : pictures);
  }

  #refuse(thrown: unknown): void {
    const { code, message, hint } = toHourglassError(thrown);
    if (code !== 'cancelled') this.refused = { message, hint };
  }
}
