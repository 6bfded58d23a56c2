/** What the producer does about an error code of one batch. */
import { ErrorCode, errorByCode } from './protocol/index.js'
import { isAbortable } from './transaction-error.js'

export type ProduceVerdict =
  | 'acknowledged'
  /** Send the same bytes again. */
  | 'retry'
  /** Look the leader up, then send the same bytes again. */
  | 'new-leader'
  /** The broker has forgotten our producer id, or misses a batch that it had acknowledged: start with a new one. */
  | 'new-producer-id'
  /** In a transaction only: it must be aborted. */
  | 'abort'
  | 'fatal'

const VERDICTS: ReadonlyMap<number, ProduceVerdict> = new Map([
  [ErrorCode.NONE, 'acknowledged'],
  [ErrorCode.DUPLICATE_SEQUENCE_NUMBER, 'acknowledged'],
  [ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, 'new-producer-id'],
  [ErrorCode.UNKNOWN_PRODUCER_ID, 'new-producer-id'],
  [ErrorCode.INVALID_PRODUCER_EPOCH, 'new-producer-id'],
  [ErrorCode.INVALID_PRODUCER_ID_MAPPING, 'new-producer-id'],
  [ErrorCode.NOT_LEADER_OR_FOLLOWER, 'new-leader'],
  [ErrorCode.LEADER_NOT_AVAILABLE, 'new-leader'],
  [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'new-leader'],
  [ErrorCode.FENCED_LEADER_EPOCH, 'new-leader'],
  [ErrorCode.UNKNOWN_LEADER_EPOCH, 'new-leader'],
  [ErrorCode.KAFKA_STORAGE_ERROR, 'new-leader'],
  [ErrorCode.REPLICA_NOT_AVAILABLE, 'new-leader'],
  [ErrorCode.NETWORK_EXCEPTION, 'new-leader'],
  [ErrorCode.LISTENER_NOT_FOUND, 'new-leader'],
  [ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE, 'new-leader'],
  [ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE, 'new-leader'],
  // Somebody may grant it while we run.
  [ErrorCode.TOPIC_AUTHORIZATION_FAILED, 'retry'],
  [ErrorCode.CLUSTER_AUTHORIZATION_FAILED, 'retry'],
  [ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 'retry'],
  [ErrorCode.UNKNOWN_TOPIC_ID, 'new-leader'],
  [ErrorCode.INCONSISTENT_TOPIC_ID, 'new-leader'],
])

export const verdictOf = (code: number): ProduceVerdict =>
  VERDICTS.get(code) ?? (errorByCode(code).retriable ? 'retry' : 'fatal')

/** What may have been written under the old producer id must not commit: no new one without an abort. */
export const verdictInTransaction = (code: number): ProduceVerdict => (isAbortable(code) ? 'abort' : verdictOf(code))

/** The producer cannot deliver: what is not acknowledged must be processed again from the committed offsets. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
}

const HELP: ReadonlyMap<number, string> = new Map([
  [
    ErrorCode.MESSAGE_TOO_LARGE,
    "the topic's max.message.bytes is smaller than the producer's maxRecordBytes: make them equal",
  ],
  [ErrorCode.INVALID_RECORD, 'the topic may be compacted, and a record without a key cannot go there'],
  [ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, 'choose another compression'],
])

export const deliveryError = (code: number, partition: string, brokerMessage: string | null): DeliveryError => {
  const { name, message } = errorByCode(code)
  const help = HELP.get(code)
  return new DeliveryError(
    `broker refuses a batch for ${partition}: ${name}: ${brokerMessage ?? message}${help === undefined ? '' : `; help: ${help}`}`,
  )
}
