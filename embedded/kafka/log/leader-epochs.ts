/** Where each leader epoch of a partition starts, for OffsetForLeaderEpoch and for the epoch of an offset. */
export interface EpochStart {
  readonly epoch: number
  readonly startOffset: number
}

export class LeaderEpochs {
  #starts: EpochStart[] = []

  /** Called when a leader takes over, at the end of the log then, and with every append. */
  assign(epoch: number, offset: number): void {
    const last = this.#starts.at(-1)
    if (last === undefined || last.epoch < epoch) this.#starts.push({ epoch, startOffset: offset })
  }

  /** Epochs that began at or after the new end of the log are gone. */
  truncateFrom(offset: number): void {
    this.#starts = this.#starts.filter((start) => start.startOffset < offset)
  }

  epochOf(offset: number): number {
    return this.#starts.findLast((start) => start.startOffset <= offset)?.epoch ?? -1
  }

  latest(): number {
    return this.#starts.at(-1)?.epoch ?? -1
  }

  /** Largest known epoch up to `epoch`, and where it ends; -1 and -1 for epochs before or after the known ones. */
  endOf(epoch: number, logEnd: number): { readonly epoch: number; readonly endOffset: number } {
    const index = this.#starts.findLastIndex((start) => start.epoch <= epoch)
    const found = this.#starts[index]
    if (found === undefined || epoch > this.latest()) return { epoch: -1, endOffset: -1 }
    return { epoch: found.epoch, endOffset: this.#starts[index + 1]?.startOffset ?? logEnd }
  }
}
