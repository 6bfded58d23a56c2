/** UTF-8 in and out of buffers, strict where it is read: what other clients could not read back is an error. */
import { RecordFormatError } from './errors.js'

/** Node's own decoder without checks of its arguments; what the public `toString` ends in. */
interface FastBuffer {
  utf8Slice(start: number, end: number): string
  latin1Slice(start: number, end: number): string
  utf8Write(text: string, offset: number, length: number): number
}

/** Below that a loop is quicker than a call into the engine. */
const SHORT = 12

/** Bytes that are known to be valid UTF-8. */
export function text(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start
  if (length <= SHORT) {
    let result = ''
    let position = start
    for (; position < end; position++) {
      const byte = bytes[position] ?? 0
      if (byte > 127) break
      result += String.fromCharCode(byte)
    }
    if (position === end) return result
  }
  return (bytes as Uint8Array & FastBuffer).utf8Slice(start, end)
}

/** Whether bytes are valid UTF-8; `view` is of the same bytes. Most are ASCII: four are looked at together. */
export function isText(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
  let position = start
  for (; position + 4 <= end; position += 4) {
    if ((view.getInt32(position) & 0x80808080) !== 0) return isUtf8From(bytes, position, end)
  }
  for (; position < end; position++) if ((bytes[position] ?? 0) > 127) return isUtf8From(bytes, position, end)
  return true
}

/** The Unicode standard's table of well-formed byte sequences. */
function isUtf8From(bytes: Uint8Array, start: number, end: number): boolean {
  let position = start
  while (position < end) {
    const first = bytes[position++] ?? 0
    if (first < 0x80) continue
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1
    if (first < 0xc2 || first > 0xf4 || position + more > end) return false
    const second = bytes[position] ?? 0
    const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
    const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
    if (second < lowest || second > highest) return false
    for (let index = 1; index < more; index++) {
      if (((bytes[position + index] ?? 0) & 0xc0) !== 0x80) return false
    }
    position += more
  }
  return true
}

export function checkedText(bytes: Uint8Array, start: number, end: number): string {
  if (!isUtf8From(bytes, start, end)) throw new RecordFormatError('the string is no valid UTF-8')
  return text(bytes, start, end)
}

/** What `checkedKey` refuses. */
export function checkKey(bytes: Uint8Array, view: DataView, start: number, end: number): void {
  if (!isText(bytes, view, start, end)) throw new RecordFormatError('the string is no valid UTF-8')
  // Few keys have its length.
  if (end - start === 9) checkedKey(bytes, start, end)
}

/** Key of a map: an object with that one could have another prototype. */
export function checkedKey(bytes: Uint8Array, start: number, end: number): string {
  const key = checkedText(bytes, start, end)
  if (key === '__proto__') throw new RecordFormatError('the map key __proto__ is refused')
  return key
}

export function sameBytes(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) return false
  for (let index = 0; index < other.length; index++) if (bytes[start + index] !== other[index]) return false
  return true
}

/** Bytes of a string in UTF-8; a lone surrogate counts as U+FFFD. */
export function utf8Length(text: string): number {
  const length = text.length
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 127) return Buffer.byteLength(text)
  }
  return length
}

/** Writes a string without length; there is room for three bytes for each of its code units. */
export function writeUtf8(out: Uint8Array, position: number, text: string): number {
  const { length } = text
  if (length <= 32) {
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index)
      if (unit > 127) return position + (out as Uint8Array & FastBuffer).utf8Write(text, position, length * 3)
      out[position + index] = unit
    }
    return position + length
  }
  return position + (out as Uint8Array & FastBuffer).utf8Write(text, position, length * 3)
}

/** Writes an Avro string: length, then bytes. */
export function writeText(out: Uint8Array, position: number, text: string): number {
  const { length } = text
  if (length < 64) {
    let index = 0
    for (; index < length; index++) {
      const unit = text.charCodeAt(index)
      if (unit > 127) break
      out[position + 1 + index] = unit
    }
    if (index === length) {
      out[position] = length << 1
      return position + 1 + length
    }
  }
  return writeUtf8(out, writeLength(out, position, utf8Length(text)), text)
}

/** A length as Avro has it: a zigzag varint. */
export function writeLength(out: Uint8Array, position: number, length: number): number {
  let rest = (length << 1) >>> 0
  while (rest > 127) {
    out[position++] = (rest & 127) | 128
    rest >>>= 7
  }
  out[position++] = rest
  return position
}

/** Longer ones are copied by the engine. */
const LOOP_BYTES = 48
const WORDS_BYTES = 160

export function copyBytes(out: Uint8Array, position: number, bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (length > LOOP_BYTES) out.set(bytes.subarray(start, end), position)
  else for (let index = 0; index < length; index++) out[position + index] = bytes[start + index] ?? 0
  return position + length
}

/** The same, four bytes at a time: `outView` and `view` are of the same bytes as `out` and `bytes`. */
export function copySpan(
  out: Uint8Array,
  outView: DataView,
  position: number,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): number {
  const length = end - start
  if (length > WORDS_BYTES) {
    out.set(new Uint8Array(bytes.buffer, bytes.byteOffset + start, length), position)
    return position + length
  }
  let index = 0
  for (; index + 4 <= length; index += 4) outView.setInt32(position + index, view.getInt32(start + index))
  for (; index < length; index++) out[position + index] = bytes[start + index] ?? 0
  return position + length
}

/** Writes an Avro string or bytes from bytes of the input. */
export function writeSpan(
  out: Uint8Array,
  outView: DataView,
  position: number,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): number {
  return copySpan(out, outView, writeLength(out, position, end - start), bytes, view, start, end)
}

/** A copy that may be kept: bytes of the input are only there until the task returns. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end))
}

/** Buffers of that size are pages of a store, which live long. */
const PAGE_BYTES = 64 * 1024
const pageViews = new WeakMap<Uint8Array, DataView>()

/** A view of the bytes in which a row stands. */
export function pageView(bytes: Uint8Array): DataView {
  if (bytes.length < PAGE_BYTES) return viewOf(bytes)
  let view = pageViews.get(bytes)
  if (view === undefined) {
    view = viewOf(bytes)
    pageViews.set(bytes, view)
  }
  return view
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
