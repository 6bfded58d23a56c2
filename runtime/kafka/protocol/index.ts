/**
 * Kafka's wire protocol: codecs generated from Kafka's message specifications, for clients and servers.
 *
 *     const parts = encodeRequestBody(api.Fetch, 11, { maxWaitMs: 500, minBytes: 1, topics: [...] })
 *     const response = decodeResponseBody(api.Fetch, 11, bytes)       // records are views of `bytes`
 *
 * - `api.<Name>`: { key, name, minVersion, maxVersion, flexibleFrom, request: {encode, decode}, response: {…} }, and as
 *   plain functions `encodeFetchRequest(version, message, writer)`, `decodeFetchRequest(version, reader)`, and so on.
 * - Messages are plain objects with Kafka's field names in camelCase. `FetchRequest` is complete, as decoded;
 *   `FetchRequestInput` may leave out fields that have a default or do not exist in every version.
 *   int64 is bigint, a uuid is its 22-character text, `bytes` and `records` are Buffers that alias what was received.
 * - Encoding `records` takes a buffer or a list of batches, which stay separate `parts()` of the Writer for writev.
 * - A field that a version lacks is decoded as its default. Encoding it with another value throws
 *   UnsupportedFieldError, unless the specification calls it ignorable.
 * - Wrong bytes throw ProtocolError. Kafka's error codes are data: `ErrorCode`, `errorByCode`; `KafkaProtocolError`
 *   wraps one when it has to be thrown.
 *
 * No I/O. Not here: topic ids in Produce and Fetch (13+), the new group protocols, inter-broker requests.
 */
export { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from './consumer-protocol.js'
export { ErrorCode, KafkaProtocolError, errorByCode } from './errors.js'
export type { KafkaErrorCode, KafkaErrorName } from './errors.js'
export {
  apiByKey,
  decodeRequestHeader,
  decodeResponseBody,
  decodeResponseHeader,
  encodeRequestBody,
  encodeRequestFrame,
  encodeRequestHeader,
  encodeResponseFrame,
  requestHeaderVersion,
  responseHeaderVersion,
} from './frame.js'
export type { ReceivedRequestHeader, RequestHeader } from './frame.js'
export * from './generated/index.js'
export type { AnyApi, Api, MessageCodec } from './message-codec.js'
export { ProtocolError, UnsupportedFieldError, UnsupportedVersionError } from './protocol-error.js'
export { Reader } from './reader.js'
export { ZERO_UUID, uuidFromBytes, uuidToBytes } from './uuid.js'
export { unzigzag, zigzag } from './varint.js'
export { Writer } from './writer.js'
export type { RecordsInput } from './writer.js'
