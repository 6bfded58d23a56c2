/**
 * The token that the compiler's quote pass appends to calls of the DSL, so that a graph node can be joined to the call
 * in the author's file. Absent when the file runs uncompiled.
 */
export class CallSite {
  readonly id: number
  constructor(id: number) {
    this.id = id
  }
}
