/** Trainings as the page keeps them: what the host tells of them, and what a person has turned for the next. The training itself is the host's. */
import { toHourglassError } from '../../../app/contract/errors.ts';
import type {
  DeviceId,
  SampleRequest,
  TrainingCodes,
  TrainingDesk,
  TrainingDeskEvent,
  TrainingDoor,
  TrainingEntry,
  TrainingPictures,
  TrainingRequest,
  TrainingSamples,
  TrainingState,
} from '../../../app/contract/index.ts';
import type { KindId, LearnOptionId, LearnOptions } from '../../../app/contract/learn-kinds.ts';
import { noTraining } from '../../../app/contract/training.ts';
import { settingsOf, usualMinutes, usualOf } from './options.ts';

export type Turned = Partial<Record<LearnOptionId, LearnOptions[LearnOptionId]>>;

export class Learning {
  state = $state.raw<TrainingState>(noTraining);
  pictures = $state.raw<TrainingPictures | null>(null);
  codes = $state.raw<TrainingCodes | null>(null);
  /** The host has said how it stands. */
  known = $state(false);
  /** Why the last thing that was asked for was refused; null: it was not. */
  refused = $state.raw<{ readonly message: string; readonly hint: string } | null>(null);

  kind = $state<KindId>('denoising');
  /** By kind: what differs from how it usually is. */
  turned = $state.raw<Readonly<Partial<Record<KindId, Turned>>>>({});
  minutes = $state(usualMinutes);
  stopEarly = $state(true);
  /** What computes the steps. */
  device = $state<DeviceId>('cpu');
  /** As a person wrote it; null: as what is learnt from is called. */
  name = $state<string | null>(null);

  /** null: nothing is trained in this session. */
  readonly door: TrainingDoor | null;

  constructor(door: TrainingDoor | null) {
    this.door = door;
  }

  get busy(): boolean {
    return this.state.phase !== 'rest';
  }

  /** The training that runs, or is looked at. */
  get current(): TrainingEntry | null {
    return this.state.trainings.find(({ id }) => id === this.state.current) ?? null;
  }

  get usedName(): string {
    return this.name ?? this.state.chosen?.name ?? '';
  }

  /** A page that was loaded anew finds the training as it is. */
  async load(): Promise<void> {
    if (!this.door) return;
    try {
      this.#take(await this.door.all());
    } catch (thrown) {
      this.#refuse(thrown);
    }
  }

  onEvent({ state, pictures, codes }: TrainingDeskEvent): void {
    const isOther = state.current !== this.state.current;
    const from = state.chosen?.from !== this.state.chosen?.from;
    this.state = state;
    this.known = true;
    if (pictures) this.pictures = pictures;
    else if (isOther) this.pictures = null;
    if (codes) this.codes = codes;
    else if (isOther) this.codes = null;
    // The name was for other pictures.
    if (from) this.name = null;
  }

  #take({ state, pictures, codes }: TrainingDesk): void {
    this.state = state;
    this.pictures = pictures;
    this.codes = codes;
    this.known = true;
  }

  /** null: it was refused, which is said; or another one took its place. */
  async sample(request: SampleRequest): Promise<TrainingSamples | null> {
    this.refused = null;
    try {
      return (await this.door?.sample(request)) ?? null;
    } catch (thrown) {
      this.#refuse(thrown);
      return null;
    }
  }

  async ask(request: Exclude<TrainingRequest, SampleRequest>): Promise<void> {
    this.refused = null;
    try {
      await this.door?.ask(request);
    } catch (thrown) {
      this.#refuse(thrown);
    }
  }

  /** A value of the kind that is chosen. */
  value<O extends LearnOptionId>(option: O): LearnOptions[O] {
    const turned = this.turned[this.kind] as Partial<LearnOptions> | undefined;
    return (turned?.[option] ?? usualOf(this.kind, option)) as LearnOptions[O];
  }

  turn<O extends LearnOptionId>(option: O, to: LearnOptions[O]): void {
    const turned: Turned = { ...this.turned[this.kind], [option]: to };
    if (to === usualOf(this.kind, option)) delete turned[option];
    this.turned = { ...this.turned, [this.kind]: turned };
  }

  start(): Promise<void> {
    const { kind, minutes, stopEarly, device } = this;
    const settings = settingsOf(kind, this.turned[kind] ?? {}, {
      ...{ minutes, stopEarly },
      ...(device === 'cpu' ? {} : { device }),
    });
    return this.ask({ ask: 'start', name: this.usedName.trim(), settings });
  }

  #refuse(thrown: unknown): void {
    const { code, message, hint } = toHourglassError(thrown);
    if (code !== 'cancelled') this.refused = { message, hint };
  }
}
