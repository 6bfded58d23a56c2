/**
 * A store in a file, with the changelog offset behind which it must be completed. Rows are written some at a time, each
 * time at a commit, so that nobody waits for all of them: a row that changes in between is in the changelog after that
 * offset anyway, and so is its deletion. The file gets its name when it is whole and on disk.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import { crc32c } from '../kafka/record-batch/index.js'
import { SnapshotRejectedError, checkHeader, type ChangelogRange, type SnapshotIdentity } from './snapshot-header.js'
import { RowForms, UnknownRowsError, type RewriteRow } from './row-forms.js'
import type { MemoryTable } from './memory-table.js'
import type { Table } from './table.js'

interface SnapshotHeader extends SnapshotIdentity {
  readonly format: number
  /** Of all rows (row-forms.ts). */
  readonly form: number
  /** Every change of the changelog before it is in the snapshot. */
  readonly position: number
  /** Wall clock, ms. */
  readonly savedAt: number
}

const FORMAT = 2
/** Of stores of which nothing is told. */
const NO_FORMS = new RowForms(undefined)
const MAGIC = Buffer.from('MRSTATE\n')
const BLOCK_BYTES = 1024 * 1024
/** Length and checksum before the header and each block; a block of length 0 ends the file. */
const FRAME_BYTES = 8
export class SnapshotWriter {
  readonly #table: MemoryTable
  readonly #file: string
  readonly #temporary: string
  readonly #descriptor: number
  #slot = 0
  #rows = 0
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  #used = 0

  constructor(file: string, identity: SnapshotIdentity, position: number, table: MemoryTable, form = 0) {
    this.#table = table
    this.#file = file
    this.#temporary = `${file}.tmp`
    this.#descriptor = openSync(this.#temporary, 'w')
    const header: SnapshotHeader = { format: FORMAT, form, ...identity, position, savedAt: Date.now() }
    writeSync(this.#descriptor, MAGIC)
    this.#write(Buffer.from(JSON.stringify(header)))
  }

  /** Writes rows until about `bytes` are written, at a commit of the table; true: all are. */
  step(bytes: number): boolean {
    const table = this.#table
    let left = bytes
    for (; this.#slot < table.slotLimit && left > 0; this.#slot++) {
      if (table.isLive(this.#slot)) left -= this.#add(this.#slot)
    }
    return this.#slot >= table.slotLimit
  }

  /** All rows are written, and the changelog holds what they hold. */
  finish(): void {
    this.#flush()
    this.#write(Buffer.alloc(0))
    const count = Buffer.alloc(8)
    count.writeDoubleLE(this.#rows)
    writeSync(this.#descriptor, count)
    fsyncSync(this.#descriptor)
    closeSync(this.#descriptor)
    renameSync(this.#temporary, this.#file)
    const directory = openSync(path.dirname(this.#file), 'r')
    fsyncSync(directory)
    closeSync(directory)
  }

  discard(): void {
    closeSync(this.#descriptor)
    rmSync(this.#temporary, { force: true })
  }

  /** Key length, value length (-1: null), timestamp, columns, key, value. */
  #add(slot: number): number {
    const table = this.#table
    const keyStart = table.keyStart(slot)
    const keyEnd = table.keyEnd(slot)
    const valueStart = table.hasValue(slot) ? table.valueStart(slot) : 0
    const valueEnd = table.hasValue(slot) ? table.valueEnd(slot) : 0
    const size = 16 + 8 * table.columns + keyEnd - keyStart + valueEnd - valueStart
    if (this.#used + size > this.#block.length) {
      this.#flush()
      if (size > this.#block.length) this.#block = Buffer.allocUnsafeSlow(size)
    }
    const block = this.#block
    let p = block.writeInt32LE(keyEnd - keyStart, this.#used)
    p = block.writeInt32LE(table.hasValue(slot) ? valueEnd - valueStart : -1, p)
    p = block.writeDoubleLE(table.timestamp(slot), p)
    for (let column = 0; column < table.columns; column++) p = block.writeDoubleLE(table.number(slot, column), p)
    p += table.keyBuffer(slot).copy(block, p, keyStart, keyEnd)
    if (table.hasValue(slot)) p += table.valueBuffer(slot).copy(block, p, valueStart, valueEnd)
    this.#used = p
    this.#rows++
    return size
  }

  #flush(): void {
    if (this.#used > 0) this.#write(this.#block.subarray(0, this.#used))
    this.#used = 0
  }

  #write(content: Buffer): void {
    const frame = Buffer.alloc(FRAME_BYTES)
    frame.writeUInt32LE(content.length)
    frame.writeUInt32LE(crc32c(content, 0, content.length), 4)
    writeSync(this.#descriptor, frame)
    let written = 0
    while (written < content.length) written += writeSync(this.#descriptor, content, written)
  }
}

/**
 * Fills an empty table; returns the changelog offset from which to go on, undefined without a file. Throws
 * SnapshotRejectedError, with the table empty.
 */
export const loadSnapshot = (
  file: string,
  identity: SnapshotIdentity,
  changelog: ChangelogRange,
  table: Table,
  forms = NO_FORMS,
): number | undefined => {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new SnapshotRejectedError(`it cannot be read: ${String(error)}`, { cause: error })
  }
  try {
    const reader = new SnapshotReader(descriptor)
    const header = reader.header()
    checkHeader(header, identity, changelog)
    reader.rows(table, rewriteOf(forms, header.form))
    table.commit()
    return header.position
  } catch (error) {
    table.clear()
    throw error
  } finally {
    closeSync(descriptor)
  }
}

const rewriteOf = (forms: RowForms, form: number): RewriteRow | undefined => {
  try {
    return forms.rewriteOf(form)
  } catch (error) {
    if (error instanceof UnknownRowsError) throw new SnapshotRejectedError(error.message, { cause: error })
    throw error
  }
}

/** What a file says of itself; undefined: it is no snapshot of ours. Rows are not looked at. */
export const readSnapshotHeader = (file: string): SnapshotHeader | undefined => {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'r')
    return new SnapshotReader(descriptor).header()
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

class SnapshotReader {
  readonly #descriptor: number
  /** Bytes not read yet. */
  #left: number
  #block = Buffer.alloc(4096)

  constructor(descriptor: number) {
    this.#descriptor = descriptor
    this.#left = fstatSync(descriptor).size
    if (!this.#read(MAGIC.length).equals(MAGIC)) throw new SnapshotRejectedError('it is no snapshot')
  }

  header(): SnapshotHeader {
    const header = JSON.parse(this.#frame().toString()) as SnapshotHeader
    if (header.format !== FORMAT) throw new SnapshotRejectedError(`it has format ${header.format}, not ${FORMAT}`)
    return header
  }

  rows(table: Table, rewrite: RewriteRow | undefined): void {
    let rows = 0
    for (let block = this.#frame(); block.length > 0; block = this.#frame()) rows += addRows(block, table, rewrite)
    if (this.#read(8).readDoubleLE() !== rows || this.#left > 0) throw new SnapshotRejectedError('it is torn')
  }

  #frame(): Buffer {
    const frame = this.#read(FRAME_BYTES)
    const length = frame.readUInt32LE()
    const checksum = frame.readUInt32LE(4)
    const content = this.#read(length)
    if (crc32c(content, 0, length) !== checksum) throw new SnapshotRejectedError('its checksum is wrong')
    return content
  }

  /** Valid until the next call. */
  #read(length: number): Buffer {
    if (length > this.#left) throw new SnapshotRejectedError('it is torn')
    if (length > this.#block.length) this.#block = Buffer.alloc(length)
    for (let read = 0; read < length;) {
      const n = readSync(this.#descriptor, this.#block, read, length - read, null)
      if (n === 0) throw new SnapshotRejectedError('it is torn')
      read += n
    }
    this.#left -= length
    return this.#block.subarray(0, length)
  }
}

const addRows = (block: Buffer, table: Table, rewrite: RewriteRow | undefined): number => {
  const view = new DataView(block.buffer, block.byteOffset, block.length)
  const head = 16 + 8 * table.columns
  let rows = 0
  for (let p = 0; p < block.length; rows++) {
    const keyStart = p + head
    const keyEnd = keyStart + view.getInt32(p, true)
    const valueLength = view.getInt32(p + 4, true)
    const timestamp = view.getFloat64(p + 8, true)
    // The same key twice: it moved while the snapshot was taken, and the changelog has the last word.
    const slot = table.insert(block, keyStart, keyEnd, timestamp)
    if (!table.inserted) table.relocate(slot, timestamp)
    for (let column = 0; column < table.columns; column++) {
      table.setNumber(slot, column, view.getFloat64(p + 16 + 8 * column, true))
    }
    if (valueLength >= 0 && rewrite !== undefined) {
      const value = rewrite(block, keyEnd, keyEnd + valueLength)
      table.setValue(slot, value, 0, value.length)
    } else if (valueLength >= 0) table.setValue(slot, block, keyEnd, keyEnd + valueLength)
    else if (table.hasValue(slot)) table.setNull(slot)
    p = keyEnd + Math.max(0, valueLength)
  }
  return rows
}
