/** The header block of a record: a count, then key and value of each header, all lengths zigzag varints. */
import { ProtocolError, Reader, Writer, unzigzag, zigzag } from '../protocol/index.js'

export interface Header {
  readonly key: string
  readonly value: Buffer | null
}

export interface HeaderInput {
  readonly key: string
  readonly value: Uint8Array | string | null
}

/** The block of a record without headers. */
export const NO_HEADERS = Buffer.from([0])

/** Reads a header block; values are views of `buffer`. Throws ProtocolError when it does not fill [start, end). */
export const decodeHeaders = (buffer: Buffer, start = 0, end = buffer.length): Header[] => {
  const reader = new Reader(buffer.subarray(start, end))
  const readLength = (): number => unzigzag(reader.unsignedVarint())
  const count = readLength()
  if (count < 0 || count > reader.remaining) throw new ProtocolError(`${count} record headers`)
  const headers: Header[] = []
  for (let index = 0; index < count; index++) {
    const key = reader.raw(readLength()).toString('utf8')
    const length = readLength()
    headers.push({ key, value: length < 0 ? null : reader.raw(length) })
  }
  if (reader.remaining > 0) throw new ProtocolError(`${reader.remaining} bytes after the record headers`)
  return headers
}

export const encodeHeaders = (headers: readonly HeaderInput[]): Buffer => {
  if (headers.length === 0) return NO_HEADERS
  const writer = new Writer(128)
  const writeBytes = (bytes: Uint8Array): void => {
    writer.unsignedVarint(zigzag(bytes.length))
    writer.raw(bytes)
  }
  writer.unsignedVarint(zigzag(headers.length))
  for (const { key, value } of headers) {
    writeBytes(Buffer.from(key))
    if (value === null) writer.unsignedVarint(zigzag(-1))
    else writeBytes(typeof value === 'string' ? Buffer.from(value) : value)
  }
  return writer.toBuffer()
}
