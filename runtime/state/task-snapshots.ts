/**
 * Snapshots of one task's stores: loaded before a restore, written a part at each commit while the task runs, or all at
 * once when it leaves.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { MemoryTable } from './memory-table.js'
import { SnapshotWriter, loadSnapshot } from './snapshot.js'
import type { ChangelogRange, SnapshotIdentity } from './snapshot-header.js'
import type { OpenStore } from './store-set.js'

/** Bytes written at a commit: some tens of ms. */
const STEP_BYTES = 16 * 1024 * 1024

/** A store and what its snapshot must belong to. */
export interface SnapshotSubject {
  readonly store: OpenStore
  readonly table: MemoryTable
  readonly identity: SnapshotIdentity
}

export class TaskSnapshots {
  readonly #directory: string
  readonly #subjects: readonly SnapshotSubject[]
  readonly #intervalMs: number
  #lastAt = performance.now()
  #writers: readonly SnapshotWriter[] | undefined
  #isWritten = false

  /** `directory`: the task's own. */
  constructor(directory: string, subjects: readonly SnapshotSubject[], intervalMs: number) {
    this.#directory = directory
    this.#subjects = subjects
    this.#intervalMs = intervalMs
    mkdirSync(directory, { recursive: true })
    // Of stores that are gone or on disk now.
    const own = new Set(subjects.map(({ identity }) => path.basename(this.#fileOf(identity))))
    for (const file of readdirSync(directory)) {
      if (file.endsWith('.snapshot') && !own.has(file)) rmSync(path.join(directory, file))
    }
  }

  /** As `loadSnapshot`. */
  load({ store, table, identity }: SnapshotSubject, changelog: ChangelogRange): number | undefined {
    return loadSnapshot(this.#fileOf(identity), identity, changelog, table, store.forms)
  }

  /** Whether it is time to `begin`. */
  get isDue(): boolean {
    return this.#writers === undefined && performance.now() - this.#lastAt >= this.#intervalMs
  }

  /** `positions`: where each changelog ended, by topic, after some commit. */
  begin(positions: ReadonlyMap<string, number>): void {
    this.discard()
    this.#lastAt = performance.now()
    this.#isWritten = false
    this.#writers = this.#subjects.map(({ store, table, identity }) => {
      const position = positions.get(identity.topic)
      if (position === undefined) throw new RangeError(`no position of ${identity.topic}`)
      return new SnapshotWriter(this.#fileOf(identity), identity, position, table, store.forms.current)
    })
  }

  /** At each commit, when the stores hold what was or is being committed and nothing else. */
  atCommit(): void {
    if (this.#writers === undefined || this.#isWritten) return
    this.#isWritten = this.#writers.every((writer) => writer.step(STEP_BYTES))
  }

  /** After each commit that is acknowledged, whose `atCommit` was called. */
  afterCommit(): void {
    if (!this.#isWritten) return
    for (const writer of this.#writers ?? []) writer.finish()
    this.#writers = undefined
    this.#isWritten = false
  }

  /** All at once: at a commit that is acknowledged. */
  save(positions: ReadonlyMap<string, number>): void {
    this.begin(positions)
    for (const writer of this.#writers ?? []) writer.step(Infinity)
    this.#isWritten = true
    this.afterCommit()
  }

  discard(): void {
    for (const writer of this.#writers ?? []) writer.discard()
    this.#writers = undefined
    this.#isWritten = false
  }

  #fileOf({ store }: SnapshotIdentity): string {
    return path.join(this.#directory, `${encodeURIComponent(store)}.snapshot`)
  }
}
