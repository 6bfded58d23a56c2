/** Where a call of the DSL stands in the author's file, as plain data. */
export interface Site {
  /** Number of the place in the quoted modules. */
  readonly id: number
  /** Sites of the calls of the author's helpers that were under way, outermost first. */
  readonly frames: readonly number[]
}

/**
 * The token that the compiler's quote pass appends to calls of the DSL, so that a graph node can be joined to the call
 * in the author's file. Absent when the file runs uncompiled.
 */
export class CallSite implements Site {
  readonly id: number
  readonly frames: readonly number[]
  constructor(id: number, frames: readonly number[] = []) {
    this.id = id
    this.frames = frames
  }
}
