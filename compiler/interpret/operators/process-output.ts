import type { OperatorInterpreter } from './operator.js'

interface Emitted {
  readonly key?: unknown
  readonly value: unknown
  readonly timestamp?: number
  readonly to?: string
}

/** What a processor with named outputs gives: which of them it goes to, beside its value. */
export class Emission {
  constructor(
    readonly to: string | undefined,
    readonly value: unknown,
  ) {}

  /** Checks what a function of an author gave. */
  static *all(result: unknown, keepsKey: boolean, outputs: readonly string[]): Generator<Emitted> {
    if (result === undefined || result === null) return
    if (typeof result !== 'object' || !(Symbol.iterator in result)) {
      throw new TypeError('a processor gives nothing, or an iterable of records')
    }
    for (const emitted of result as Iterable<unknown>) {
      if (typeof emitted !== 'object' || emitted === null || !('value' in emitted)) {
        throw new TypeError(`a record of a processor is { ${keepsKey ? '' : 'key, '}value }`)
      }
      const { value, timestamp, to, key } = emitted as Emitted
      if (!keepsKey && !('key' in emitted)) throw new TypeError('a record of a processor is { key, value }')
      if (timestamp !== undefined && !(Number.isSafeInteger(timestamp) && timestamp >= 0)) {
        throw new RangeError(`a record has no time ${timestamp}`)
      }
      if (outputs.length > 0 && !outputs.includes(to ?? '')) {
        throw new RangeError(`'${String(to)}' is no output: \`to\` is one of ${outputs.join(', ')}`)
      }
      yield {
        value,
        ...(keepsKey ? {} : { key }),
        ...(timestamp === undefined ? {} : { timestamp }),
        ...(to === undefined ? {} : { to }),
      }
    }
  }
}

/** The records that its processor sends to it. */
export const processOutput: OperatorInterpreter<'process-output'> =
  ({ output }, { forward }) =>
  (record) => {
    const { value } = record
    if (value instanceof Emission && value.to === output) forward({ ...record, value: value.value })
  }
