/** The records that a function of a processor gave, checked and one at a time. */

const nothing: Iterator<unknown> = [][Symbol.iterator]()

export class Emitted {
  key: unknown = undefined
  value: unknown = undefined
  /** ms */
  timestamp = 0
  /** Which output it goes to. */
  output = ''
  readonly #keepsKey: boolean
  readonly #outputs: readonly string[]
  #records = nothing
  #key: unknown = undefined
  #timestamp = 0

  constructor(keepsKey: boolean, outputs: readonly string[]) {
    this.#keepsKey = keepsKey
    this.#outputs = outputs
  }

  /** `key` and `timestamp` are those of records that say nothing else. */
  begin(result: unknown, key: unknown, timestamp: number): void {
    this.#key = key
    this.#timestamp = timestamp
    if (result === undefined || result === null) this.#records = nothing
    else if (typeof result === 'object' && Symbol.iterator in result) {
      this.#records = (result as Iterable<unknown>)[Symbol.iterator]()
    } else throw new TypeError('a processor gives nothing, or an iterable of records')
  }

  /** Goes to the next record; false: there is none. */
  next(): boolean {
    const turn = this.#records.next()
    if (turn.done === true) {
      this.#records = nothing
      return false
    }
    this.#take(turn.value)
    return true
  }

  #take(record: unknown): void {
    const shape = this.#keepsKey ? '{ value }' : '{ key, value }'
    if (typeof record !== 'object' || record === null || !('value' in record)) {
      throw new TypeError(`a record of a processor is ${shape}`)
    }
    this.value = record.value
    if (this.#keepsKey) this.key = this.#key
    else if ('key' in record) this.key = record.key
    else throw new TypeError(`a record of a processor is ${shape}`)
    this.timestamp = 'timestamp' in record ? timeOf(record.timestamp ?? this.#timestamp) : this.#timestamp
    if (this.#outputs.length > 0) this.output = this.#outputOf(record)
  }

  #outputOf(record: object): string {
    const to: unknown = 'to' in record ? record.to : undefined
    if (typeof to === 'string' && this.#outputs.includes(to)) return to
    throw new RangeError(`'${String(to)}' is no output: \`to\` is one of ${this.#outputs.join(', ')}`)
  }
}

function timeOf(time: unknown): number {
  if (typeof time === 'number' && Number.isSafeInteger(time) && time >= 0) return time
  throw new RangeError(`a record has no time ${typeof time === 'number' ? time : typeof time}`)
}
