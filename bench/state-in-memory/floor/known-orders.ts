/** The table keeps the bytes of name and tier, which go into the output as they are. */
import { BatchCursor } from '../../../runtime/kafka/record-batch/index.js'
import type { Contender } from '../contender.js'
import { ByteTable } from './byte-table.js'
import { Numbers } from './numbers.js'
import { Reader } from './reader.js'
import { writerOf, writers } from './writer.js'

export function knownOrdersFloor(): Contender {
  const outputs = writers()
  const reader = new Reader()
  const table = new ByteTable()
  const starts = new Numbers()
  const lengths = new Numbers()
  const tiers = new Numbers()
  /** Names with their lengths, one after the other. */
  const names = Buffer.alloc(16 * 1024 * 1024)
  let used = 0

  const keep = (): void => {
    const { buffer, keyStart, keyEnd } = reader
    const row = table.find(buffer, keyStart, keyEnd, true)
    for (const column of [starts, lengths, tiers]) column.fit(row)
    let p = reader.datumStart
    p += (buffer[p]! >> 1) + 1
    const length = (buffer[p]! >> 1) + 1
    starts.values[row] = used
    lengths.values[row] = length
    used += buffer.copy(names, used, p, p + length)
    p += length
    p += (buffer[p]! >> 1) + 1
    tiers.values[row] = buffer[p]!
  }
  const join = (): void => {
    const { buffer, keyStart, keyEnd } = reader
    const row = table.find(buffer, keyStart, keyEnd, false)
    if (row < 0) return
    const orderId = reader.datumStart
    const idLength = (buffer[orderId]! >> 1) + 1
    const nameLength = lengths.values[row]!
    const total = reader.total()
    const writer = writerOf(outputs, buffer, keyStart, keyEnd)
    const length = 5 + idLength + 8 + nameLength + 1
    let p = writer.frame(writer.begin(reader.timestamp, buffer, keyStart, keyEnd, length))
    const out = writer.buffer
    for (let i = 0; i < idLength; i++) out[p++] = buffer[orderId + i]!
    for (let i = 0; i < 8; i++) out[p++] = buffer[total + i]!
    const from = starts.values[row]!
    for (let i = 0; i < nameLength; i++) out[p++] = names[from + i]!
    out[p] = tiers.values[row]!
  }
  const each = (recordSet: Buffer, later: number, take: () => void): void => {
    for (const batch of new BatchCursor(recordSet)) {
      const { buffer, start, end, baseTimestamp } = batch.records()
      reader.open(buffer, start, end, baseTimestamp + later)
      while (reader.next()) take()
    }
  }
  return {
    name: 'floor',
    load: (recordSet) => {
      each(recordSet, 0, keep)
    },
    step: ({ recordSet, later }) => {
      each(recordSet, later, join)
      return { outputs: outputs.flatMap((writer) => writer.seal()), changelogs: [] }
    },
  }
}
