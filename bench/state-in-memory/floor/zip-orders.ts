/** Orders are written again under their zip codes, whole, then read and counted. */
import { BatchCursor } from '../../../runtime/kafka/record-batch/index.js'
import type { Contender } from '../contender.js'
import { ByteTable } from './byte-table.js'
import { Dirty, Numbers } from './numbers.js'
import { Reader } from './reader.js'
import { longWidth, writeLong, Writer, writerOf, writers } from './writer.js'

export function zipOrdersFloor(): Contender {
  const repartition = writers()
  const outputs = writers()
  const changelog = new Writer()
  const reader = new Reader()
  const table = new ByteTable()
  const counts = new Numbers()
  const times = new Numbers()
  const dirty = new Dirty()

  const forward = (): void => {
    const { buffer } = reader
    let p = reader.shipTo()
    p += (buffer[p]! >> 1) + 1
    p += (buffer[p]! >> 1) + 1
    const to = p + 1 + (buffer[p]! >> 1)
    const length = reader.valueEnd - reader.datumStart
    const writer = writerOf(repartition, buffer, p + 1, to)
    const at = writer.begin(reader.timestamp, buffer, p + 1, to, length)
    buffer.copy(writer.buffer, at, reader.datumStart, reader.valueEnd)
  }
  const count = (): void => {
    const { buffer, keyStart, keyEnd, timestamp } = reader
    const row = table.find(buffer, keyStart, keyEnd, true)
    counts.fit(row)
    times.fit(row)
    const n = counts.values[row]! + 1
    counts.values[row] = n
    if (timestamp > times.values[row]!) times.values[row] = timestamp
    dirty.add(row)
    const writer = writerOf(outputs, buffer, keyStart, keyEnd)
    const at = writer.begin(times.values[row]!, buffer, keyStart, keyEnd, 5 + longWidth(n))
    writeLong(writer.buffer, writer.frame(at), n)
  }
  return {
    name: 'floor',
    load: () => undefined,
    step: ({ recordSet, later }) => {
      for (const batch of new BatchCursor(recordSet)) {
        const { buffer, start, end, baseTimestamp } = batch.records()
        reader.open(buffer, start, end, baseTimestamp + later)
        while (reader.next()) forward()
      }
      for (const written of repartition.flatMap((writer) => writer.seal())) {
        for (const batch of new BatchCursor(written)) {
          const { buffer, start, end, baseTimestamp } = batch.records()
          reader.open(buffer, start, end, baseTimestamp)
          while (reader.next()) count()
        }
      }
      for (const row of dirty.rows) {
        const p = changelog.begin(times.values[row]!, table.keys, table.keyStart(row), table.keyEnd(row), 8)
        changelog.view.setFloat64(p, counts.values[row]!)
      }
      dirty.clear()
      return { outputs: outputs.flatMap((writer) => writer.seal()), changelogs: changelog.seal() }
    },
  }
}
