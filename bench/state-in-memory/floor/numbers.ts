/** A growing column. */
export class Numbers {
  values = new Float64Array(512)

  /** Makes room for a row. */
  fit(row: number): void {
    if (row < this.values.length) return
    const values = new Float64Array(2 * this.values.length)
    values.set(this.values)
    this.values = values
  }
}

/** Rows that were written since the last commit, each once. */
export class Dirty {
  readonly #stamps = new Numbers()
  readonly rows: number[] = []
  #stamp = 1

  add(row: number): void {
    const stamps = this.#stamps
    stamps.fit(row)
    if (stamps.values[row] === this.#stamp) return
    stamps.values[row] = this.#stamp
    this.rows.push(row)
  }

  clear(): void {
    this.#stamp++
    this.rows.length = 0
  }
}
