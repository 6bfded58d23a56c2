/**
 * Headers and whole frames. Two ways in and out: with a full header (a server, or a client with its own connection),
 * or as the bare body of a client whose connection writes request header 1 and strips response header 0, as kafkajs
 * does. For flexible versions that body starts with one empty tag section, which makes the headers 2 and 1.
 */
import { api } from './generated/index.js'
import type { AnyApi, Api } from './message-codec.js'
import { Reader } from './reader.js'
import { Writer } from './writer.js'

export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
}

/** A request header as a server reads it. */
export interface ReceivedRequestHeader extends RequestHeader {
  /** Undefined when this package has no codec for the API key. */
  readonly api: AnyApi | undefined
  /** Whether `api` has a codec for the version. */
  readonly supported: boolean
}

const BY_KEY: ReadonlyMap<number, AnyApi> = new Map(Object.values(api).map((entry) => [entry.key, entry]))

export const apiByKey = (key: number): AnyApi | undefined => BY_KEY.get(key)

export const requestHeaderVersion = (target: AnyApi, version: number): 1 | 2 => (version >= target.flexibleFrom ? 2 : 1)

/** ApiVersions answers with header 0 always, since the client cannot know yet what the server speaks. */
export const responseHeaderVersion = (target: AnyApi, version: number): 0 | 1 =>
  version >= target.flexibleFrom && target.key !== api.ApiVersions.key ? 1 : 0

export const encodeRequestHeader = (header: RequestHeader, headerVersion: 1 | 2, writer: Writer): void => {
  writer.int16(header.apiKey)
  writer.int16(header.apiVersion)
  writer.int32(header.correlationId)
  writer.nullableString(header.clientId, false)
  if (headerVersion === 2) writer.unsignedVarint(0)
}

/** Leaves the reader at the body; of unknown APIs and versions it reads the fields that all headers share. */
export const decodeRequestHeader = (reader: Reader): ReceivedRequestHeader => {
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const correlationId = reader.int32()
  const clientId = reader.nullableString(false)
  const target = apiByKey(apiKey)
  if (target !== undefined && requestHeaderVersion(target, apiVersion) === 2) reader.skipTaggedFields()
  const supported = target !== undefined && apiVersion >= target.minVersion && apiVersion <= target.maxVersion
  return { apiKey, apiVersion, correlationId, clientId, api: target, supported }
}

export const encodeResponseHeader = (correlationId: number, headerVersion: 0 | 1, writer: Writer): void => {
  writer.int32(correlationId)
  if (headerVersion === 1) writer.unsignedVarint(0)
}

/** Returns the correlation id and leaves the reader at the body. */
export const decodeResponseHeader = (headerVersion: 0 | 1, reader: Reader): number => {
  const correlationId = reader.int32()
  if (headerVersion === 1) reader.skipTaggedFields()
  return correlationId
}

/** Prepends the 4-byte frame size. */
const framed = (writer: Writer): Buffer[] => {
  const size = Buffer.allocUnsafe(4)
  size.writeInt32BE(writer.size)
  return [size, ...writer.parts()]
}

/** A complete request, size prefix included. */
export const encodeRequestFrame = <Input>(
  target: Api<Input, unknown, never, unknown>,
  header: Omit<RequestHeader, 'apiKey'>,
  message: Input,
): Buffer[] => {
  const writer = new Writer()
  const headerVersion = requestHeaderVersion(target, header.apiVersion)
  encodeRequestHeader({ ...header, apiKey: target.key }, headerVersion, writer)
  target.request.encode(header.apiVersion, message, writer)
  return framed(writer)
}

/** A complete response, size prefix included. */
export const encodeResponseFrame = <Input>(
  target: Api<never, unknown, Input, unknown>,
  version: number,
  correlationId: number,
  message: Input,
): Buffer[] => {
  const writer = new Writer()
  encodeResponseHeader(correlationId, responseHeaderVersion(target, version), writer)
  target.response.encode(version, message, writer)
  return framed(writer)
}

/** What follows request header 1: see above. */
export const encodeRequestBody = <Input>(
  target: Api<Input, unknown, never, unknown>,
  version: number,
  message: Input,
): Buffer[] => {
  const writer = new Writer()
  if (requestHeaderVersion(target, version) === 2) writer.unsignedVarint(0)
  target.request.encode(version, message, writer)
  return writer.parts()
}

/** Reads what follows response header 0: see above. Bytes and records of the result are views of `body`. */
export const decodeResponseBody = <Response>(
  target: Api<never, unknown, never, Response>,
  version: number,
  body: Buffer,
): Response => {
  const reader = new Reader(body)
  if (responseHeaderVersion(target, version) === 1) reader.skipTaggedFields()
  return target.response.decode(version, reader)
}
