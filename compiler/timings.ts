/** How long each step of a build took. */
export interface PassTiming {
  readonly pass: string
  /** ms, over all pipelines. */
  readonly duration: number
}

export class Timings {
  readonly #durations = new Map<string, number>()

  get list(): readonly PassTiming[] {
    return [...this.#durations].map(([pass, duration]) => ({ pass, duration }))
  }

  measure<T>(pass: string, work: () => T): T {
    const start = performance.now()
    try {
      return work()
    } finally {
      this.#add(pass, start)
    }
  }

  async measureAsync<T>(pass: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now()
    try {
      return await work()
    } finally {
      this.#add(pass, start)
    }
  }

  #add(pass: string, start: number): void {
    this.#durations.set(pass, (this.#durations.get(pass) ?? 0) + performance.now() - start)
  }
}
