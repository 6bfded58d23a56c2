/**
 * Keys of rows on disk. LMDB's keys are short: of a longer one stand its first bytes and a hash of all of it, and the row has
 * the whole (disk-row.ts). In front stands a byte, since LMDB takes no empty ones. So rows are in the order of their keys but
 * for long ones that begin alike, a group: nobody reads a part of one, and their order is made in memory.
 */
import { createHash } from 'node:crypto'
import type { MemoryTable } from '../memory-table.js'
import { LMDB_KEY_BYTES } from './lmdb.js'

const KEY_MARK = 1
const HASH_BYTES = 32
/** In the index of times, a time stands before the key. */
export const TIME_BYTES = 8
/** Longer ones are hashed. */
export const WHOLE_KEY_BYTES = LMDB_KEY_BYTES - TIME_BYTES - 1
/** What rows are in order by, of a key on disk: with more, it may be in a group. */
const ORDERED_BYTES = 1 + WHOLE_KEY_BYTES - HASH_BYTES

/** As it would be without limits. */
export const markedKey = (buffer: Uint8Array, start: number, end: number): Buffer => {
  const key = Buffer.allocUnsafe(1 + end - start)
  key[0] = KEY_MARK
  key.set(buffer.subarray(start, end), 1)
  return key
}

export const diskKey = (buffer: Uint8Array, start: number, end: number): Buffer => {
  if (end - start <= WHOLE_KEY_BYTES) return markedKey(buffer, start, end)
  const hash = createHash('sha256').update(buffer.subarray(start, end)).digest()
  return Buffer.concat([markedKey(buffer, start, start + ORDERED_BYTES - 1), hash])
}

export const diskKeyOf = (table: MemoryTable, slot: number): Buffer =>
  diskKey(table.keyBuffer(slot), table.keyStart(slot), table.keyEnd(slot))

export const markedKeyOf = (table: MemoryTable, slot: number): Buffer =>
  markedKey(table.keyBuffer(slot), table.keyStart(slot), table.keyEnd(slot))

/** Whether the row of a key on disk may have another one, see placeRow. */
export const isHashed = (key: Buffer): boolean => key.length === 1 + WHOLE_KEY_BYTES

/** Of a key on disk, or a marked one: whether it may stand in a group. */
export const isGrouped = (key: Buffer): boolean => key.length > ORDERED_BYTES

/** What the keys of a group begin with; of other keys, all of it. Its order is that of keys. */
export const groupOf = (key: Buffer): Buffer => (isGrouped(key) ? key.subarray(0, ORDERED_BYTES) : key)

/** Behind all keys that begin with this, of which a byte is not 0xff. */
export const behindAll = (prefix: Buffer): Buffer => {
  let length = prefix.length
  while (prefix[length - 1] === 0xff) length--
  const key = Buffer.from(prefix.subarray(0, length))
  key[length - 1] = key[length - 1]! + 1
  return key
}

/** All keys on disk of rows from one marked key up to another one, those two included, and perhaps more of their groups. */
export const rangeOf = (from: Buffer | undefined, to: Buffer | undefined): { start?: Buffer; end?: Buffer } => ({
  ...(from === undefined ? {} : { start: groupOf(from) }),
  // The least key behind another one is that with a zero.
  ...(to === undefined ? {} : { end: isGrouped(to) ? behindAll(groupOf(to)) : Buffer.concat([to, Buffer.of(0)]) }),
})
