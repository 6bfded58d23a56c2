/**
 * Rows as records of a changelog. The key is the stored key, which for windows and sessions is Kafka Streams' form; the
 * record's timestamp is the row's. The value is a byte of flags, the columns as doubles, the form of the row, then the
 * row's value. A deleted row is a tombstone.
 */
import { RecordReader, type BatchWriter, type RecordSection } from '../kafka/record-batch/index.js'
import { copyBytes } from '../generated/index.js'
import { RowForms } from './row-forms.js'
import type { Table } from './table.js'

const HAS_VALUE = 1
/** The row's timestamp is none that a record can have: it follows the flags. */
const HAS_TIMESTAMP = 2
/** The form of the row follows the columns (row-forms.ts). */
const HAS_FORM = 4
/** Most bytes of flags, timestamp and form. */
const HEAD_BYTES = 13
/** Of stores of which nothing is told. */
const NO_FORMS = new RowForms(undefined)

/** A changelog holds what no store with this configuration has written. */
export class ChangelogFormatError extends Error {
  override name = 'ChangelogFormatError'
}

const isRecordTimestamp = (timestamp: number): boolean => timestamp >= 0 && Number.isSafeInteger(timestamp)

/** Bytes of a changelog value beside the row's own value. */
export const changelogOverhead = (columns: number): number => HEAD_BYTES + 8 * columns

/**
 * Writes what changed since the last commit, once per row. `serial` is another one than in the call before, as for
 * `BatchWriter.beginRecord`. Returns the number of records.
 */
export const writeChanges = (table: Table, writer: BatchWriter, serial: number, form = 0): number => {
  let records = 0
  const hasForm = form === 0 ? 0 : HAS_FORM
  const { columns } = table
  const bound = changelogOverhead(columns)
  table.eachDirty((slot, live) => {
    const timestamp = table.timestamp(slot)
    const isLegal = isRecordTimestamp(timestamp)
    const keyStart = table.keyStart(slot)
    const keyEnd = keyStart + table.keyLength(slot)
    const length = live ? table.valueLength(slot) : -1
    const needed = bound + Math.max(0, length)
    let p = writer.beginRecord(serial, isLegal ? timestamp : 0, table.keyBuffer(slot), keyStart, keyEnd, needed)
    records++
    if (!live) {
      writer.endNull()
      return
    }
    const { buffer, view } = writer
    buffer[p++] = (length >= 0 ? HAS_VALUE : 0) | (isLegal ? 0 : HAS_TIMESTAMP) | hasForm
    if (!isLegal) {
      view.setFloat64(p, timestamp)
      p += 8
    }
    for (let column = 0; column < columns; column++, p += 8) view.setFloat64(p, table.number(slot, column))
    if (form !== 0) {
      view.setInt32(p, form)
      p += 4
    }
    if (length >= 0) {
      const valueStart = table.valueStart(slot)
      p = copyBytes(buffer, p, table.valueBuffer(slot), valueStart, valueStart + length)
    }
    writer.endRecord(p)
  })
  return records
}

/** Applies records of a changelog from `fromOffset` on. Throws ChangelogFormatError, UnknownRowsError. */
export const applyChanges = (table: Table, section: RecordSection, fromOffset: number, forms = NO_FORMS): number => {
  const { columns } = table
  const { buffer, view } = section
  const reader = new RecordReader(section)
  let records = 0
  while (reader.next()) {
    if (reader.offset < fromOffset) continue
    const { keyStart, keyEnd, valueStart, valueEnd } = reader
    if (keyEnd < 0) throw new ChangelogFormatError(`the record at offset ${reader.offset} has no key`)
    records++
    if (valueEnd < 0) {
      const slot = table.find(buffer, keyStart, keyEnd)
      if (slot >= 0) table.delete(slot)
      continue
    }
    const flags = buffer[valueStart]!
    let p = valueStart + 1
    const formStart = p + ((flags & HAS_TIMESTAMP) === 0 ? 0 : 8) + 8 * columns
    const numbersEnd = formStart + ((flags & HAS_FORM) === 0 ? 0 : 4)
    const hasValue = (flags & HAS_VALUE) !== 0
    if (
      numbersEnd > valueEnd ||
      (!hasValue && numbersEnd < valueEnd) ||
      flags > (HAS_VALUE | HAS_TIMESTAMP | HAS_FORM)
    ) {
      const length = valueEnd - valueStart
      throw new ChangelogFormatError(
        `the record at offset ${reader.offset} holds ${length} bytes that are no row of ${columns} columns`,
      )
    }
    const form = (flags & HAS_FORM) === 0 ? 0 : view.getInt32(formStart)
    const rewrite = form === 0 || form === forms.current ? undefined : forms.rewriteOf(form)
    let { timestamp } = reader
    if ((flags & HAS_TIMESTAMP) !== 0) {
      timestamp = view.getFloat64(p)
      p += 8
    }
    const slot = table.insert(buffer, keyStart, keyEnd, timestamp)
    if (!table.inserted) table.relocate(slot, timestamp)
    for (let column = 0; column < columns; column++, p += 8) table.setNumber(slot, column, view.getFloat64(p))
    if (hasValue && rewrite !== undefined) {
      const value = rewrite(buffer, numbersEnd, valueEnd)
      table.setValue(slot, value, 0, value.length)
    } else if (hasValue) table.setValue(slot, buffer, numbersEnd, valueEnd)
    else if (table.hasValue(slot)) table.setNull(slot)
  }
  table.commit()
  return records
}
