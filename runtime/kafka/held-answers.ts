/**
 * The memory of the responses that fetched batches are parts of. A partition that falls behind with a part of one keeps
 * all of it; beyond the limit, such parts are copied out, so that what is held is no more than twice what is buffered.
 */
import { SharedAnswer } from './shared-answer.js'

export class HeldAnswers {
  /** Of all responses that are held. */
  bytes = 0
  readonly #answers = new Set<SharedAnswer>()
  readonly #limitBytes: number

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  hold(bytes: number, giveBack: () => void): SharedAnswer {
    const answer: SharedAnswer = new SharedAnswer(bytes, () => {
      this.#answers.delete(answer)
      this.bytes -= bytes
      giveBack()
    })
    this.#answers.add(answer)
    this.bytes += bytes
    return answer
  }

  /** Those to copy out of, the oldest first, as long as the limit is exceeded. */
  *wasteful(): Generator<SharedAnswer> {
    for (const answer of [...this.#answers]) {
      if (this.bytes <= this.#limitBytes) return
      if (answer.readBytes < answer.bytes / 2) yield answer
    }
  }
}
