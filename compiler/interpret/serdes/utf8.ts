/** Strict UTF-8: what Kafka's peers cannot read back is an error, never a replacement character. A leading BOM is text. */
import { SerdeError } from './element-serde.js'

/** With the flag `u`, pairs are one character: what matches stands alone. */
const LONE_SURROGATE = /\p{Surrogate}/u
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new SerdeError('the bytes are no valid UTF-8')
  }
}

export function encodeUtf8(text: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) throw new SerdeError('the string holds a lone surrogate, which UTF-8 cannot express')
  return Buffer.from(text)
}
