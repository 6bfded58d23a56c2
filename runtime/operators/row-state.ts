/** Tells values of a row apart, as Kafka Streams' hash of the left value of a foreign-key join does. */
import type { Table } from '../state/table.js'

/** 52 bits of the value's bytes, as a number; -1: there is no row. */
export const stateOf = (table: Table, slot: number): number => {
  if (slot < 0) return -1
  const buffer = table.valueBuffer(slot)
  const end = table.valueEnd(slot)
  let low = 0x811c9dc5
  let high = end - table.valueStart(slot)
  for (let p = table.valueStart(slot); p < end; p++) {
    const byte = buffer[p]!
    low = Math.imul(low ^ byte, 0x01000193)
    high = Math.imul(high ^ byte, 0x85ebca77)
    high ^= high >>> 13
  }
  return (high >>> 12) * 0x1_0000_0000 + (low >>> 0)
}
