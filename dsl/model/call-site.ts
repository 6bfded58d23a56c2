/**
 * The token that the compiler's quote pass appends to calls of the DSL, so that a graph node can be joined to the call
 * in the author's file. Absent when the file runs uncompiled.
 */
export class CallSite {
  readonly id: number
  /** Sites of the calls of the author's helpers that were under way, outermost first. */
  readonly frames: readonly number[]
  constructor(id: number, frames: readonly number[] = []) {
    this.id = id
    this.frames = frames
  }
}
