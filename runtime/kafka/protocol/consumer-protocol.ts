/**
 * The bytes that group members exchange in JoinGroup and SyncGroup: a version, then the subscription or assignment.
 * As in the Java client, a newer version than ours is read as our newest, since versions only append fields.
 */
import {
  decodeConsumerProtocolAssignment,
  encodeConsumerProtocolAssignment,
} from './generated/consumer-protocol-assignment.js'
import type {
  ConsumerProtocolAssignment,
  ConsumerProtocolAssignmentInput,
} from './generated/consumer-protocol-assignment.js'
import {
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolSubscription,
} from './generated/consumer-protocol-subscription.js'
import type {
  ConsumerProtocolSubscription,
  ConsumerProtocolSubscriptionInput,
} from './generated/consumer-protocol-subscription.js'
import type { MessageCodec } from './message-codec.js'
import { ProtocolError } from './protocol-error.js'
import { Reader } from './reader.js'
import { Writer } from './writer.js'

const NEWEST = 3

const encode = <Input>(codec: MessageCodec<Input, unknown>['encode'], message: Input, version: number): Buffer => {
  const writer = new Writer()
  writer.int16(version)
  codec(version, message, writer)
  return writer.toBuffer()
}

const decode = <Message>(codec: MessageCodec<never, Message>['decode'], bytes: Buffer): Message => {
  const reader = new Reader(bytes)
  const version = reader.int16()
  if (version < 0) throw new ProtocolError(`consumer protocol version ${version}`)
  return codec(Math.min(version, NEWEST), reader)
}

export const encodeSubscription = (message: ConsumerProtocolSubscriptionInput, version = NEWEST): Buffer =>
  encode(encodeConsumerProtocolSubscription, message, version)

export const decodeSubscription = (bytes: Buffer): ConsumerProtocolSubscription =>
  decode(decodeConsumerProtocolSubscription, bytes)

export const encodeAssignment = (message: ConsumerProtocolAssignmentInput, version = NEWEST): Buffer =>
  encode(encodeConsumerProtocolAssignment, message, version)

/** An empty assignment, as a leader may send it to a member without partitions, reads as no partitions. */
export const decodeAssignment = (bytes: Buffer): ConsumerProtocolAssignment =>
  bytes.length === 0 ? { assignedPartitions: [], userData: null } : decode(decodeConsumerProtocolAssignment, bytes)
