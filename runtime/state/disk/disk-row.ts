/**
 * A row as bytes on disk: its form (row-forms.ts), timestamp, columns, what follows, the key if it does not stand whole in
 * front of the row (disk-key.ts), and the value.
 */
import type { RowForms } from '../row-forms.js'
import type { MemoryTable } from '../memory-table.js'
import { TIME_BYTES, WHOLE_KEY_BYTES, groupOf } from './disk-key.js'

const FORM = 0
const TIMESTAMP = 4
const COLUMNS = 12
const LENGTH_BYTES = 4

/** What follows the columns, in one byte. */
const HAS_VALUE = 1
const HAS_KEY = 2

export const rowBytes = (table: MemoryTable, slot: number, form: number): Buffer => {
  const hasValue = table.hasValue(slot)
  const valueStart = hasValue ? table.valueStart(slot) : 0
  const valueEnd = hasValue ? table.valueEnd(slot) : 0
  const keyLength = table.keyLength(slot)
  const hasKey = keyLength > WHOLE_KEY_BYTES
  const head = COLUMNS + 8 * table.columns + 1
  const valueAt = head + (hasKey ? LENGTH_BYTES + keyLength : 0)
  const row = Buffer.allocUnsafe(valueAt + valueEnd - valueStart)
  row.writeInt32LE(form, FORM)
  row.writeDoubleLE(table.timestamp(slot), TIMESTAMP)
  for (let column = 0; column < table.columns; column++) {
    row.writeDoubleLE(table.number(slot, column), COLUMNS + 8 * column)
  }
  row[head - 1] = (hasValue ? HAS_VALUE : 0) | (hasKey ? HAS_KEY : 0)
  if (hasKey) {
    row.writeInt32LE(keyLength, head)
    table.keyBuffer(slot).copy(row, head + LENGTH_BYTES, table.keyStart(slot), table.keyEnd(slot))
  }
  if (hasValue) table.valueBuffer(slot).copy(row, valueAt, valueStart, valueEnd)
  return row
}

/** The whole key of a row, where it does not stand in front of it. */
export const keyInRow = (row: Buffer, columns: number): Buffer | undefined => {
  const head = COLUMNS + 8 * columns + 1
  if ((row[head - 1]! & HAS_KEY) === 0) return undefined
  const start = head + LENGTH_BYTES
  return row.subarray(start, start + row.readInt32LE(head))
}

export const timestampOf = (row: Buffer): number => row.readDoubleLE(TIMESTAMP)

/** Takes a row into a table that does not have it. Throws UnknownRowsError. */
export const placeRow = (table: MemoryTable, diskKey: Buffer, row: Buffer, forms: RowForms): number => {
  const whole = keyInRow(row, table.columns)
  const slot =
    whole === undefined
      ? table.place(diskKey, 1, diskKey.length, timestampOf(row))
      : table.place(whole, 0, whole.length, timestampOf(row))
  const head = COLUMNS + 8 * table.columns + 1
  for (let column = 0; column < table.columns; column++) {
    table.setNumber(slot, column, row.readDoubleLE(COLUMNS + 8 * column))
  }
  if ((row[head - 1]! & HAS_VALUE) !== 0) {
    const start = head + (whole === undefined ? 0 : LENGTH_BYTES + whole.length)
    const rewrite = forms.rewriteOf(row.readInt32LE(FORM))
    const value = rewrite === undefined ? row : rewrite(row, start, row.length)
    if (rewrite === undefined) table.setValue(slot, row, start, row.length)
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

/** As groupOf, of keys of the index of times: those of one time and group. */
export const timeGroupOf = (bytes: Buffer): Buffer =>
  bytes.subarray(0, TIME_BYTES + groupOf(keyOfTimeKey(bytes)).length)
