/**
 * Undoes changes of state: those of a record that failed, since a record is done wholly or not at all, and, where commits
 * are told, all since the last one.
 */
export class Journal {
  #undo: (() => void)[] = []
  #sinceCommit: (() => void)[] = []

  /** `commits`: whether `commit` is called; else what is kept cannot be undone. */
  constructor(readonly commits = false) {}

  /** What takes a change back. */
  add(undo: () => void): void {
    this.#undo.push(undo)
  }

  /** The record is done. */
  keep(): void {
    if (this.commits) this.#sinceCommit.push(...this.#undo)
    this.#undo = []
  }

  rollback(): void {
    for (const undo of this.#undo.toReversed()) undo()
    this.#undo = []
  }

  commit(): void {
    this.#sinceCommit = []
  }

  /** As at the last commit. */
  abort(): void {
    this.rollback()
    for (const undo of this.#sinceCommit.toReversed()) undo()
    this.#sinceCommit = []
  }
}
