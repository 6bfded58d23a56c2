/**
 * A row as bytes on disk: its form (row-forms.ts), timestamp, columns, whether it has a value, the value. In front of keys
 * stands a byte, since LMDB takes no empty ones.
 */
import type { RowForms } from '../row-forms.js'
import type { MemoryTable } from '../memory-table.js'
import { LMDB_KEY_BYTES } from './lmdb.js'

const FORM = 0
const TIMESTAMP = 4
const COLUMNS = 12
const KEY_MARK = 1
/** In the index of times, a time stands before the key. */
const TIME_BYTES = 8

export const MAX_KEY_BYTES = LMDB_KEY_BYTES - 1 - TIME_BYTES

export const diskKey = (buffer: Uint8Array, start: number, end: number): Buffer => {
  const key = Buffer.allocUnsafe(1 + end - start)
  key[0] = KEY_MARK
  key.set(buffer.subarray(start, end), 1)
  return key
}

export const rowBytes = (table: MemoryTable, slot: number, form: number): Buffer => {
  const hasValue = table.hasValue(slot)
  const valueStart = hasValue ? table.valueStart(slot) : 0
  const valueEnd = hasValue ? table.valueEnd(slot) : 0
  const head = COLUMNS + 8 * table.columns + 1
  const row = Buffer.allocUnsafe(head + valueEnd - valueStart)
  row.writeInt32LE(form, FORM)
  row.writeDoubleLE(table.timestamp(slot), TIMESTAMP)
  for (let column = 0; column < table.columns; column++) {
    row.writeDoubleLE(table.number(slot, column), COLUMNS + 8 * column)
  }
  row[head - 1] = hasValue ? 1 : 0
  if (hasValue) table.valueBuffer(slot).copy(row, head, valueStart, valueEnd)
  return row
}

export const timestampOf = (row: Buffer): number => row.readDoubleLE(TIMESTAMP)

/** Takes a row into a table that does not have it. Throws UnknownRowsError. */
export const placeRow = (table: MemoryTable, key: Buffer, row: Buffer, forms: RowForms): number => {
  const slot = table.place(key, 1, key.length, timestampOf(row))
  const head = COLUMNS + 8 * table.columns + 1
  for (let column = 0; column < table.columns; column++) {
    table.setNumber(slot, column, row.readDoubleLE(COLUMNS + 8 * column))
  }
  if (row[head - 1] === 1) {
    const rewrite = forms.rewriteOf(row.readInt32LE(FORM))
    const value = rewrite === undefined ? row : rewrite(row, head, row.length)
    if (rewrite === undefined) table.setValue(slot, row, head, row.length)
    else table.setValue(slot, value, 0, value.length)
  }
  table.settle(slot)
  return slot
}

/** Key of a row in the index of times: it sorts by time, then by key. Any number is a time. */
export const timeKey = (time: number, key: Buffer | undefined): Buffer => {
  const bytes = Buffer.allocUnsafe(TIME_BYTES + (key?.length ?? 0))
  bytes.writeDoubleBE(time)
  // The order of doubles as that of unsigned bytes: all bits of negative ones are inverted, else the sign alone.
  const flip = bytes[0]! >= 0x80 ? 0xff : 0
  for (let i = 0; i < TIME_BYTES; i++) bytes[i] = bytes[i]! ^ flip
  if (flip === 0) bytes[0] = bytes[0]! ^ 0x80
  if (key !== undefined) bytes.set(key, TIME_BYTES)
  return bytes
}

/** Before the keys of later times, and behind all of this one. */
export const timeKeyBehind = (time: number): Buffer => {
  const bytes = timeKey(time, undefined)
  let i = TIME_BYTES - 1
  while (bytes[i] === 0xff) bytes[i--] = 0
  bytes[i] = bytes[i]! + 1
  return bytes
}

export const timeOfKey = (bytes: Buffer): number => {
  const time = Buffer.from(bytes.subarray(0, TIME_BYTES))
  if (time[0]! >= 0x80) time[0] = time[0]! ^ 0x80
  else for (let i = 0; i < TIME_BYTES; i++) time[i] = time[i]! ^ 0xff
  return time.readDoubleBE()
}

/** The row's key on disk, of a key of the index of times. */
export const keyOfTimeKey = (bytes: Buffer): Buffer => bytes.subarray(TIME_BYTES)
