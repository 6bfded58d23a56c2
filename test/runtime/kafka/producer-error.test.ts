import { describe, expect, it } from 'vitest'
import { ErrorCode, errorByCode } from '../../../runtime/kafka/protocol/index.js'
import { verdictInTransaction, verdictOf, type ProduceVerdict } from '../../../runtime/kafka/producer-error.js'

const CODES = Object.entries(ErrorCode)

/** Names of the codes with each verdict. */
const table = (verdict: (code: number) => ProduceVerdict): Partial<Record<ProduceVerdict, string[]>> => {
  const result: Partial<Record<ProduceVerdict, string[]>> = {}
  for (const [name, code] of CODES) (result[verdict(code)] ??= []).push(name)
  return result
}

describe('error codes of a batch', () => {
  it('are classified, every one that Kafka has', () => {
    expect(CODES.length).toBe(135)
    expect(table(verdictOf)).toMatchInlineSnapshot(`
      {
        "acknowledged": [
          "NONE",
          "DUPLICATE_SEQUENCE_NUMBER",
        ],
        "fatal": [
          "UNKNOWN_SERVER_ERROR",
          "OFFSET_OUT_OF_RANGE",
          "INVALID_FETCH_SIZE",
          "BROKER_NOT_AVAILABLE",
          "MESSAGE_TOO_LARGE",
          "STALE_CONTROLLER_EPOCH",
          "OFFSET_METADATA_TOO_LARGE",
          "INVALID_TOPIC_EXCEPTION",
          "RECORD_LIST_TOO_LARGE",
          "INVALID_REQUIRED_ACKS",
          "ILLEGAL_GENERATION",
          "INCONSISTENT_GROUP_PROTOCOL",
          "INVALID_GROUP_ID",
          "UNKNOWN_MEMBER_ID",
          "INVALID_SESSION_TIMEOUT",
          "REBALANCE_IN_PROGRESS",
          "INVALID_COMMIT_OFFSET_SIZE",
          "GROUP_AUTHORIZATION_FAILED",
          "INVALID_TIMESTAMP",
          "UNSUPPORTED_SASL_MECHANISM",
          "ILLEGAL_SASL_STATE",
          "UNSUPPORTED_VERSION",
          "TOPIC_ALREADY_EXISTS",
          "INVALID_PARTITIONS",
          "INVALID_REPLICATION_FACTOR",
          "INVALID_REPLICA_ASSIGNMENT",
          "INVALID_CONFIG",
          "INVALID_REQUEST",
          "UNSUPPORTED_FOR_MESSAGE_FORMAT",
          "POLICY_VIOLATION",
          "INVALID_TXN_STATE",
          "INVALID_TRANSACTION_TIMEOUT",
          "TRANSACTION_COORDINATOR_FENCED",
          "SECURITY_DISABLED",
          "OPERATION_NOT_ATTEMPTED",
          "LOG_DIR_NOT_FOUND",
          "SASL_AUTHENTICATION_FAILED",
          "REASSIGNMENT_IN_PROGRESS",
          "DELEGATION_TOKEN_AUTH_DISABLED",
          "DELEGATION_TOKEN_NOT_FOUND",
          "DELEGATION_TOKEN_OWNER_MISMATCH",
          "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED",
          "DELEGATION_TOKEN_AUTHORIZATION_FAILED",
          "DELEGATION_TOKEN_EXPIRED",
          "INVALID_PRINCIPAL_TYPE",
          "NON_EMPTY_GROUP",
          "GROUP_ID_NOT_FOUND",
          "TOPIC_DELETION_DISABLED",
          "UNSUPPORTED_COMPRESSION_TYPE",
          "STALE_BROKER_EPOCH",
          "MEMBER_ID_REQUIRED",
          "GROUP_MAX_SIZE_REACHED",
          "FENCED_INSTANCE_ID",
          "NO_REASSIGNMENT_IN_PROGRESS",
          "GROUP_SUBSCRIBED_TO_TOPIC",
          "INVALID_RECORD",
          "PRODUCER_FENCED",
          "RESOURCE_NOT_FOUND",
          "DUPLICATE_RESOURCE",
          "UNACCEPTABLE_CREDENTIAL",
          "INCONSISTENT_VOTER_SET",
          "INVALID_UPDATE_VERSION",
          "FEATURE_UPDATE_FAILED",
          "PRINCIPAL_DESERIALIZATION_FAILURE",
          "SNAPSHOT_NOT_FOUND",
          "POSITION_OUT_OF_RANGE",
          "DUPLICATE_BROKER_REGISTRATION",
          "BROKER_ID_NOT_REGISTERED",
          "INCONSISTENT_CLUSTER_ID",
          "TRANSACTIONAL_ID_NOT_FOUND",
          "INELIGIBLE_REPLICA",
          "NEW_LEADER_ELECTED",
          "OFFSET_MOVED_TO_TIERED_STORAGE",
          "FENCED_MEMBER_EPOCH",
          "UNRELEASED_INSTANCE_ID",
          "UNSUPPORTED_ASSIGNOR",
          "STALE_MEMBER_EPOCH",
          "MISMATCHED_ENDPOINT_TYPE",
          "UNSUPPORTED_ENDPOINT_TYPE",
          "UNKNOWN_CONTROLLER_ID",
          "UNKNOWN_SUBSCRIPTION_ID",
          "TELEMETRY_TOO_LARGE",
          "INVALID_REGISTRATION",
          "TRANSACTION_ABORTABLE",
          "INVALID_RECORD_STATE",
          "FENCED_STATE_EPOCH",
          "INVALID_VOTER_KEY",
          "DUPLICATE_VOTER",
          "VOTER_NOT_FOUND",
          "INVALID_REGULAR_EXPRESSION",
          "REBOOTSTRAP_REQUIRED",
          "STREAMS_INVALID_TOPOLOGY",
          "STREAMS_INVALID_TOPOLOGY_EPOCH",
          "STREAMS_TOPOLOGY_FENCED",
        ],
        "new-leader": [
          "UNKNOWN_TOPIC_OR_PARTITION",
          "LEADER_NOT_AVAILABLE",
          "NOT_LEADER_OR_FOLLOWER",
          "REPLICA_NOT_AVAILABLE",
          "NETWORK_EXCEPTION",
          "KAFKA_STORAGE_ERROR",
          "LISTENER_NOT_FOUND",
          "FENCED_LEADER_EPOCH",
          "UNKNOWN_LEADER_EPOCH",
          "PREFERRED_LEADER_NOT_AVAILABLE",
          "ELIGIBLE_LEADERS_NOT_AVAILABLE",
          "UNKNOWN_TOPIC_ID",
          "INCONSISTENT_TOPIC_ID",
        ],
        "new-producer-id": [
          "OUT_OF_ORDER_SEQUENCE_NUMBER",
          "INVALID_PRODUCER_EPOCH",
          "INVALID_PRODUCER_ID_MAPPING",
          "UNKNOWN_PRODUCER_ID",
        ],
        "retry": [
          "CORRUPT_MESSAGE",
          "REQUEST_TIMED_OUT",
          "COORDINATOR_LOAD_IN_PROGRESS",
          "COORDINATOR_NOT_AVAILABLE",
          "NOT_COORDINATOR",
          "NOT_ENOUGH_REPLICAS",
          "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
          "TOPIC_AUTHORIZATION_FAILED",
          "CLUSTER_AUTHORIZATION_FAILED",
          "NOT_CONTROLLER",
          "CONCURRENT_TRANSACTIONS",
          "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
          "FETCH_SESSION_ID_NOT_FOUND",
          "INVALID_FETCH_SESSION_EPOCH",
          "OFFSET_NOT_AVAILABLE",
          "ELECTION_NOT_NEEDED",
          "UNSTABLE_OFFSET_COMMIT",
          "THROTTLING_QUOTA_EXCEEDED",
          "FETCH_SESSION_TOPIC_ID_ERROR",
          "SHARE_SESSION_NOT_FOUND",
          "INVALID_SHARE_SESSION_EPOCH",
          "SHARE_SESSION_LIMIT_REACHED",
        ],
      }
    `)
  })

  it('are classified in transactions', () => {
    const plain = new Map(CODES.map(([name, code]) => [name, verdictOf(code)]))
    const different = CODES.filter(([name, code]) => verdictInTransaction(code) !== plain.get(name))
    expect(Object.fromEntries(different.map(([name, code]) => [name, verdictInTransaction(code)])))
      .toMatchInlineSnapshot(`
      {
        "INVALID_PRODUCER_EPOCH": "abort",
        "INVALID_PRODUCER_ID_MAPPING": "abort",
        "INVALID_TXN_STATE": "abort",
        "OUT_OF_ORDER_SEQUENCE_NUMBER": "abort",
        "PRODUCER_FENCED": "abort",
        "TRANSACTION_ABORTABLE": "abort",
        "UNKNOWN_PRODUCER_ID": "abort",
      }
    `)
  })

  it('that only newer brokers know end the producer: nobody knows what a retry would do', () => {
    expect(verdictOf(9999)).toBe('fatal')
    expect(errorByCode(9999).retriable).toBe(false)
  })
})
