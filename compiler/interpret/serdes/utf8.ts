/** UTF-8. Bytes that are none are an error in every representation (rule 3). A leading BOM is text. */
import { SerdeError } from './element-serde.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new SerdeError('the bytes are no valid UTF-8')
  }
}

/** With the flag `u`, pairs are one character: what matches stands alone. */
const LONE_SURROGATE = /\p{Surrogate}/u

export function encodeUtf8(text: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) throw new SerdeError('the string holds a lone surrogate, which UTF-8 cannot express')
  return Buffer.from(text)
}
