/** Buffers that circulate between this thread and the inference thread, so that none is made per tile. */
export class BufferPool {
  readonly #free = new Map<number, ArrayBuffer[]>();

  /** Content is whatever was in it. @throws RangeError when there is no memory */
  take(bytes: number): ArrayBuffer {
    return this.#free.get(bytes)?.pop() ?? new ArrayBuffer(bytes);
  }

  give(buffer: ArrayBuffer): void {
    const list = this.#free.get(buffer.byteLength);
    if (list) list.push(buffer);
    else this.#free.set(buffer.byteLength, [buffer]);
  }

  /** Forgets free buffers of other sizes: pictures of many sizes must not add up. */
  keepOnly(sizes: readonly number[]): void {
    for (const bytes of this.#free.keys()) if (!sizes.includes(bytes)) this.#free.delete(bytes);
  }

  clear(): void {
    this.#free.clear();
  }
}
