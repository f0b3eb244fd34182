/**
 * What is known about the devices of this machine: probed by use when first needed, remembered in a
 * file of the cache folder, corrected when a device fails in the middle of work. How a device is
 * probed is owned by `runtime`.
 */
import { join } from 'node:path';
import * as z from 'zod';
import {
  deviceReportSchema,
  throwIfCancelled,
  type DeviceChoice,
  type DeviceId,
  type DeviceReport,
} from '../contract/index.ts';
import { currentLanguage, ENGLISH } from '../contract/sentences/index.ts';
import { languageOf } from '../contract/sentences/languages.ts';
import { recall, remember } from '../pixels/remembered.ts';
import { Shared, untilCancelled } from '../pixels/shared.ts';

const cacheSchema = z.object({ key: z.string(), devices: z.array(z.unknown()) });

/** How this machine's devices are checked. */
export interface Devices {
  /** Findings of another version of the program, its runtime or its models are not believed. */
  readonly key: string;
  /** Devices that may exist on this platform, the CPU first. */
  readonly candidates: readonly DeviceId[];
  readonly probe: (device: DeviceId, signal: AbortSignal) => Promise<DeviceReport>;
}

export interface FindingsOptions extends Devices {
  readonly cacheFolder: string;
  readonly onChange: (reports: readonly DeviceReport[]) => void;
}

export class DeviceFindings {
  readonly #options: FindingsOptions;
  readonly #reports = new Map<DeviceId, DeviceReport>();
  /** Devices that failed in this run; never written to the cache. */
  readonly #disabled = new Map<DeviceId, string>();
  #loaded: Promise<void> | null = null;
  /** Probes that are under way or wait for their turn; several callers may wait for one. */
  readonly #probes = new Map<DeviceId, Shared<void>>();
  /** Probes run one after another: two at once would measure each other. */
  #turn: Promise<void> = Promise.resolve();
  /** Something was found that is neither saved nor told yet. */
  #news = false;

  constructor(options: FindingsOptions) {
    this.#options = options;
  }

  /** In the order of the candidates. */
  get reports(): readonly DeviceReport[] {
    return this.#options.candidates.flatMap((id) => {
      const report = this.#reports.get(id);
      const reason = this.#disabled.get(id);
      if (!report) return [];
      return [reason === undefined ? report : { ...report, usable: false, reason }];
    });
  }

  /**
   * Probes what `choice` needs and is not known: only the CPU for `cpu`, everything for `auto`. Whoever is
   * cancelled leaves at once; a probe ends only when nobody waits for it any more.
   * @throws HourglassError cancelled
   */
  async ensure(choice: DeviceChoice, signal: AbortSignal): Promise<void> {
    await untilCancelled(signal, this.#load());
    for (const device of this.#options.candidates) {
      const needed = choice === 'auto' || device === 'cpu' || device === choice;
      if (needed && !this.#reports.has(device)) await this.#probe(device, signal);
    }
    await this.#tell();
  }

  /** Probes everything again, devices that failed in this run included. @throws HourglassError cancelled */
  async refresh(signal: AbortSignal): Promise<void> {
    await untilCancelled(signal, this.#load());
    this.#disabled.clear();
    for (const device of this.#options.candidates) await this.#probe(device, signal);
    await this.#tell();
  }

  /** Takes a device out for the rest of this run. */
  disable(device: DeviceId, reason: string): void {
    this.#disabled.set(device, reason);
    this.#options.onChange(this.reports);
  }

  async #probe(device: DeviceId, signal: AbortSignal): Promise<void> {
    const shared = this.#probes.get(device) ?? new Shared<void>();
    this.#probes.set(device, shared);
    await shared.get(signal, async (own) => {
      const report = await this.#inTurn(() => {
        throwIfCancelled(own);
        return this.#options.probe(device, own);
      });
      this.#probes.delete(device);
      this.#reports.set(device, report);
      this.#news = true;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async #tell(): Promise<void> {
    if (!this.#news) return;
    this.#news = false;
    await this.#save();
    this.#options.onChange(this.reports);
  }

  get #file(): string {
    // Their reasons are sentences: each language has findings of its own.
    const language = languageOf(currentLanguage().tag);
    const name = language === ENGLISH ? 'devices.json' : `devices.${language}.json`;
    return join(this.#options.cacheFolder, name);
  }

  #load(): Promise<void> {
    this.#loaded ??= this.#read();
    return this.#loaded;
  }

  async #read(): Promise<void> {
    // A cache that is cut short is no cache: the devices are probed again.
    const stored = await recall(this.#file, (value) => cacheSchema.parse(value));
    if (stored === null) return;
    if (stored.key !== this.#options.key) return;
    for (const entry of stored.devices) {
      const report = deviceReportSchema.safeParse(entry);
      if (report.success) this.#reports.set(report.data.id, report.data);
    }
    if (this.#reports.size > 0) this.#options.onChange(this.reports);
  }

  /** A cache that can not be written costs time at the next start, not this job. */
  async #save(): Promise<void> {
    const { key } = this.#options;
    await remember(this.#file, { key, devices: [...this.#reports.values()] }).catch(() => {});
  }
}
