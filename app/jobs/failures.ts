/** What failed in this session, counted by command and code: what `diagnostics` may tell of it. */
export class Failures {
  readonly #counts = new Map<string, { command: string; code: string; count: number }>();

  count(command: string, code: string): void {
    const key = `${command} ${code}`;
    const known = this.#counts.get(key) ?? { command, code, count: 0 };
    known.count += 1;
    this.#counts.set(key, known);
  }

  get all(): { command: string; code: string; count: number }[] {
    return [...this.#counts.values()].map((one) => ({ ...one }));
  }
}
