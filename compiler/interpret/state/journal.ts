/** Undoes the changes of state that a record made before it failed: a record is done wholly or not at all. */
export class Journal {
  #undo: (() => void)[] = []

  /** What takes a change back. */
  add(undo: () => void): void {
    this.#undo.push(undo)
  }

  /** The record is done. */
  keep(): void {
    this.#undo = []
  }

  rollback(): void {
    for (const undo of this.#undo.toReversed()) undo()
    this.#undo = []
  }
}
