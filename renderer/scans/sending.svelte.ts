/** Results on their way to an archive, as the host tells it. What is asked for is `SendDialog.svelte`; who sends, and asks the person first, is the host. */
import { toHourglassError, type SerializedError } from '../../app/contract/errors.ts';
import {
  noSending,
  type SendingDoor,
  type SendingEvent,
  type SendingRequest,
  type SendingState,
  type SentObject,
} from '../../app/contract/index.ts';

export class Sending {
  state = $state.raw<SendingState>(noSending);
  sent = $state.raw<readonly SentObject[]>([]);
  /** Why a request was not taken; null: it was. */
  refusal = $state.raw<SerializedError | null>(null);

  readonly #door: SendingDoor;

  constructor(door: SendingDoor) {
    this.#door = door;
  }

  get busy(): boolean {
    return this.state.phase !== 'rest';
  }

  get failed(): readonly SentObject[] {
    return this.sent.filter(({ stored }) => !stored);
  }

  /** Resolves with whether the host took it; why not is in `refusal`. */
  async ask(request: SendingRequest): Promise<boolean> {
    this.refusal = null;
    try {
      await this.#door.ask(request);
      return true;
    } catch (error) {
      this.refusal = toHourglassError(error).toJSON();
      return false;
    }
  }

  onEvent({ state, sent }: SendingEvent): void {
    this.sent = state.list === this.state.list ? [...this.sent, ...sent] : sent;
    this.state = state;
  }

  /** As it is when a page comes up. */
  async load(): Promise<void> {
    const { state, sent } = await this.#door.all();
    this.sent = sent;
    this.state = state;
  }
}
