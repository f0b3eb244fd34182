/** What this machine offers: its devices with what their check found, and the installed models. */
import { toHourglassError, type SerializedError } from '../../app/contract/errors.ts';
import type {
  DeviceChoice,
  DeviceReport,
  HostBridge,
  HourglassEvent,
  ModelInfo,
} from '../../app/contract/index.ts';

export class Catalogue {
  devices = $state.raw<readonly DeviceReport[]>([]);
  /** The installed networks; null: not known yet. */
  models = $state.raw<readonly ModelInfo[] | null>(null);
  /** Models that are there but can not be used, one sentence each. */
  modelProblems = $state.raw<readonly string[]>([]);
  /** Why the models could not be listed. */
  modelsError = $state.raw<SerializedError | null>(null);
  checking = $state(false);
  error = $state.raw<SerializedError | null>(null);

  readonly #bridge: Pick<HostBridge, 'run'>;
  readonly #gone: (id: string) => void;

  /** @param gone hears of each network that was installed and is no longer, whoever removed it */
  constructor(bridge: Pick<HostBridge, 'run'>, gone: (id: string) => void = () => undefined) {
    this.#bridge = bridge;
    this.#gone = gone;
  }

  /** @param refresh check again instead of using what is remembered */
  async loadDevices(refresh = false): Promise<void> {
    this.checking = true;
    this.error = null;
    try {
      this.devices = (await this.#bridge.run('devices', { refresh })).devices;
    } catch (error) {
      this.error = toHourglassError(error).toJSON();
    } finally {
      this.checking = false;
    }
  }

  /** The card of an installed network; null for `auto`, and while it is not known. */
  model(id: string): ModelInfo | null {
    return this.models?.find((model) => model.id === id) ?? null;
  }

  async loadModels(): Promise<void> {
    this.modelsError = null;
    try {
      const { models, problems } = await this.#bridge.run('models', {});
      this.modelProblems = problems;
      const before = this.models ?? [];
      this.models = models;
      for (const { id } of before) if (this.model(id) === null) this.#gone(id);
    } catch (error) {
      this.modelsError = toHourglassError(error).toJSON();
    }
  }

  onEvent(event: HourglassEvent): void {
    if (event.type === 'devices') this.devices = event.devices;
    else if (event.type === 'models') void this.loadModels();
    else if (event.type === 'resync') void this.loadDevices();
  }
}

/** The device that work would go to: the chosen one, or the fastest that passed its check. */
export function expectedDevice(
  devices: readonly DeviceReport[],
  choice: DeviceChoice,
): DeviceReport | null {
  const usable = devices.filter((device) => device.usable);
  if (choice !== 'auto') return usable.find((device) => device.id === choice) ?? null;
  return usable.reduce<DeviceReport | null>(
    (best, device) =>
      best === null || (device.megapixelsPerSecond ?? 0) > (best.megapixelsPerSecond ?? 0)
        ? device
        : best,
    null,
  );
}
