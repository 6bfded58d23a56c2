/**
 * Makes answers of different brokers comparable: ids, addresses and times become names in order of appearance, texts
 * for people are dropped, records become one line a batch.
 */
import { ZERO_UUID } from '../../../../runtime/kafka/protocol/index.js'
import { readBatchHeader } from '../../../../runtime/kafka/record-batch/index.js'

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain }

/** Differ by nature: loads, texts, addresses. */
const DROPPED = new Set([
  'throttleTimeMs',
  'errorMessage',
  'batchIndexErrorMessage',
  'clientHost',
  'host',
  'port',
  'clusterId',
  'documentation',
])
const NAMED: ReadonlyMap<string, string> = new Map([
  ['memberId', 'member'],
  ['leader', 'member'],
  ['producerId', 'producer'],
  ['topicId', 'topic-id'],
])
/** Real times are after this; times of the conversations before. */
const REAL_TIME_SINCE = 1_750_000_000_000n

export class Normalizer {
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  /** Gives back the fixed part of names that a conversation makes unique. */
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  plain(value: unknown, key = ''): Plain {
    if (value === null || value === undefined) return null
    if (NAMED.has(key) && (typeof value === 'string' || typeof value === 'bigint')) return this.#named(key, value)
    if (typeof value === 'boolean' || typeof value === 'number') return value
    if (typeof value === 'bigint') return value >= REAL_TIME_SINCE && value < 1n << 62n ? '<now>' : `${value}n`
    if (typeof value === 'string') return value.replaceAll(this.#prefix, '')
    if (Buffer.isBuffer(value)) return key === 'records' ? this.#batches(value) : value.toString('latin1')
    if (Array.isArray(value)) return this.#ordered(value, key).map((item) => this.plain(item, key))
    if (typeof value === 'object') {
      const entries = Object.entries(value).filter(([name]) => !DROPPED.has(name))
      return Object.fromEntries(entries.map(([name, item]) => [name, this.plain(item, name)]))
    }
    throw new TypeError(`cannot compare a ${typeof value}`)
  }

  /** Kafka lists members in no order: those that already have a name come first, by it. */
  #ordered(items: readonly unknown[], key: string): readonly unknown[] {
    if (key !== 'members') return items
    const nameOf = (item: unknown): string => {
      const id = item !== null && typeof item === 'object' && 'memberId' in item ? String(item.memberId) : ''
      return this.#names.get(`member:${id}`) ?? '~'
    }
    return [...items].sort((a, b) => nameOf(a).localeCompare(nameOf(b)))
  }

  #named(key: string, value: string | bigint): string {
    if (value === '' || value === ZERO_UUID || value === -1n) return String(value)
    const kind = NAMED.get(key) ?? key
    const id = `${kind}:${value}`
    const known = this.#names.get(id)
    if (known !== undefined) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    this.#names.set(id, `${kind}-${count}`)
    return `${kind}-${count}`
  }

  #batches(bytes: Buffer): Plain {
    const lines: string[] = []
    let at = 0
    while (bytes.length - at >= 61) {
      const header = readBatchHeader(bytes, at)
      if (header.sizeInBytes > bytes.length - at) break
      const { baseOffset, lastOffset, count, partitionLeaderEpoch, timestampType, isTransactional, isControl } = header
      const producer = header.producerId < 0n ? 'no producer' : this.#named('producerId', header.producerId)
      const kind = `${isTransactional ? ' transactional' : ''}${isControl ? ' control' : ''}`
      lines.push(
        `${baseOffset}..${lastOffset} (${count}) epoch ${partitionLeaderEpoch} ${header.compression} ${timestampType} ` +
          `${producer} ${header.producerEpoch}/${header.baseSequence}${kind}`,
      )
      at += header.sizeInBytes
    }
    if (at < bytes.length) lines.push(`and ${bytes.length - at} bytes`)
    return lines
  }
}
