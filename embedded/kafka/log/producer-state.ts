/**
 * What a partition remembers of each producer: epoch and the last five batches, which is what makes produce requests
 * idempotent. The rules are those of Kafka's ProducerStateManager: a repeated batch is answered with its old offset
 * (whatever its payload), a gap is refused, an older epoch is fenced, an unknown producer may start anywhere.
 */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import { advanceSequence } from '../../../runtime/kafka/record-batch/index.js'
import type { BatchHeader } from '../../../runtime/kafka/record-batch/index.js'

export const NO_PRODUCER_ID = -1n
export const NO_SEQUENCE = -1

/** As many as a producer may have in flight. */
const REMEMBERED_BATCHES = 5
const LAST_SEQUENCE = 0x7fff_ffff

interface RememberedBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly baseOffset: number
  readonly lastOffset: number
  readonly timestamp: number
}

interface ProducerEntry {
  epoch: number
  batches: RememberedBatch[]
  lastTimestamp: number
}

export type SequenceCheck =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'duplicate'; readonly baseOffset: number; readonly timestamp: number }
  | { readonly kind: 'refused'; readonly errorCode: number; readonly message: string }

/** For DescribeProducers. */
export interface ActiveProducer {
  readonly producerId: bigint
  readonly epoch: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly transactionStart: number | null
}

const lastSequence = (header: BatchHeader): number =>
  advanceSequence(header.baseSequence, header.lastOffset - header.baseOffset)

const follows = (last: number, next: number): boolean => next === last + 1 || (next === 0 && last === LAST_SEQUENCE)

const refused = (errorCode: number, message: string): SequenceCheck => ({ kind: 'refused', errorCode, message })

export class ProducerState {
  readonly #producers = new Map<bigint, ProducerEntry>()
  /** First offsets of the open transactions, by producer. */
  readonly #open = new Map<bigint, number>()

  check(header: BatchHeader): SequenceCheck {
    if (header.producerId === NO_PRODUCER_ID) return { kind: 'accepted' }
    const entry = this.#producers.get(header.producerId)
    if (entry === undefined) return { kind: 'accepted' }
    const { producerId, producerEpoch, baseSequence } = header
    if (producerEpoch < entry.epoch) {
      return refused(
        ErrorCode.INVALID_PRODUCER_EPOCH,
        `Epoch of producer ${producerId} is ${producerEpoch}, which is smaller than the last seen epoch ${entry.epoch}`,
      )
    }
    if (producerEpoch > entry.epoch) {
      return baseSequence === 0
        ? { kind: 'accepted' }
        : refused(
            ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
            `Invalid sequence number for new epoch of producer ${producerId}: ${producerEpoch} (epoch), ${baseSequence} (seq. number), ${entry.epoch} (current epoch)`,
          )
    }
    const last = lastSequence(header)
    const duplicate = entry.batches.find((batch) => batch.firstSequence === baseSequence && batch.lastSequence === last)
    if (duplicate !== undefined) {
      return { kind: 'duplicate', baseOffset: duplicate.baseOffset, timestamp: duplicate.timestamp }
    }
    if (!header.isTransactional && this.#open.has(producerId)) {
      return refused(
        ErrorCode.INVALID_TXN_STATE,
        `Expected transactional write from producer ${producerId} at its open transaction`,
      )
    }
    const newest = entry.batches.at(-1)?.lastSequence ?? NO_SEQUENCE
    if (follows(newest, baseSequence)) return { kind: 'accepted' }
    return refused(
      ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
      `Out of order sequence number for producer ${producerId}: ${baseSequence} (incoming seq. number), ${newest} (current end sequence number)`,
    )
  }

  /** Called for every appended batch, also when a log is read back from disk. */
  appended(header: BatchHeader, baseOffset: number): void {
    if (header.producerId === NO_PRODUCER_ID) return
    const entry = this.#entry(header.producerId, header.producerEpoch)
    entry.lastTimestamp = header.maxTimestamp
    if (header.isControl) {
      this.#open.delete(header.producerId)
      return
    }
    if (header.isTransactional && !this.#open.has(header.producerId)) this.#open.set(header.producerId, baseOffset)
    if (header.baseSequence === NO_SEQUENCE) return
    if (entry.batches.length === REMEMBERED_BATCHES) entry.batches.shift()
    entry.batches.push({
      firstSequence: header.baseSequence,
      lastSequence: lastSequence(header),
      baseOffset,
      lastOffset: baseOffset + header.lastOffset - header.baseOffset,
      timestamp: header.maxTimestamp,
    })
  }

  clear(): void {
    this.#producers.clear()
    this.#open.clear()
  }

  /** First offset of the producer's open transaction. */
  transactionStart(producerId: bigint): number | null {
    return this.#open.get(producerId) ?? null
  }

  /** Of its last batch in its present epoch. */
  lastOffset(producerId: bigint): number | undefined {
    return this.#producers.get(producerId)?.batches.at(-1)?.lastOffset
  }

  epoch(producerId: bigint): number | undefined {
    return this.#producers.get(producerId)?.epoch
  }

  /** First offset of the oldest open transaction. */
  firstUndecidedOffset(): number | null {
    let first: number | null = null
    for (const start of this.#open.values()) if (first === null || start < first) first = start
    return first
  }

  active(): ActiveProducer[] {
    return [...this.#producers].map(([producerId, entry]) => ({
      producerId,
      epoch: entry.epoch,
      lastSequence: entry.batches.at(-1)?.lastSequence ?? NO_SEQUENCE,
      lastTimestamp: entry.lastTimestamp,
      transactionStart: this.transactionStart(producerId),
    }))
  }

  /** A new epoch starts with no batches, so that its sequence starts at 0. */
  #entry(producerId: bigint, epoch: number): ProducerEntry {
    const known = this.#producers.get(producerId)
    if (known?.epoch === epoch) return known
    const entry: ProducerEntry = { epoch, batches: [], lastTimestamp: -1 }
    this.#producers.set(producerId, entry)
    return entry
  }
}
