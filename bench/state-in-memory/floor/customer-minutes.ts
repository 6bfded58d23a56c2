/** A table for each minute; it goes out and is forgotten once it is over by more than the grace. */
import { BatchCursor } from '../../../runtime/kafka/record-batch/index.js'
import type { Contender } from '../contender.js'
import { ByteTable } from './byte-table.js'
import { Dirty, Numbers } from './numbers.js'
import { Reader } from './reader.js'
import { longWidth, writeLong, Writer, writerOf, writers } from './writer.js'

const MINUTE = 60_000
const GRACE = 5_000

class Minute {
  readonly table = new ByteTable()
  readonly orders = new Numbers()
  readonly totals = new Numbers()
  readonly times = new Numbers()
  readonly dirty = new Dirty()
}

export function customerMinutesFloor(): Contender {
  const open = new Map<number, Minute>()
  const outputs = writers()
  const changelog = new Writer()
  const reader = new Reader()
  const suffixed = Buffer.alloc(64)
  let time = 0
  let oldest = Infinity

  const writeChanges = (start: number, { table, orders, totals, times, dirty }: Minute): void => {
    for (const row of dirty.rows) {
      const from = table.keyStart(row)
      const length = table.keyEnd(row) - from
      for (let i = 0; i < length; i++) suffixed[i] = table.keys[from + i]!
      suffixed.writeDoubleBE(start, length)
      const p = changelog.begin(times.values[row]!, suffixed, 0, length + 8, 16)
      changelog.view.setFloat64(p, orders.values[row]!)
      changelog.view.setFloat64(p + 8, totals.values[row]!)
    }
    dirty.clear()
  }
  const emit = (start: number, minute: Minute): void => {
    const { table, orders, totals, times } = minute
    for (let row = 0; row < table.size; row++) {
      const from = table.keyStart(row)
      const to = table.keyEnd(row)
      const writer = writerOf(outputs, table.keys, from, to)
      const length = 5 + longWidth(start) + longWidth(orders.values[row]!) + 8
      let p = writer.frame(writer.begin(times.values[row]!, table.keys, from, to, length))
      p = writeLong(writer.buffer, p, start)
      p = writeLong(writer.buffer, p, orders.values[row]!)
      writer.view.setFloat64(p, totals.values[row]!, true)
    }
    writeChanges(start, minute)
    open.delete(start)
  }
  const closeUntil = (now: number): void => {
    for (const [start, minute] of open) if (start + MINUTE + GRACE <= now) emit(start, minute)
    oldest = Math.min(Infinity, ...open.keys())
  }
  const minuteOf = (start: number): Minute => {
    const minute = new Minute()
    open.set(start, minute)
    oldest = Math.min(oldest, start)
    return minute
  }
  return {
    name: 'floor',
    load: () => undefined,
    step: ({ recordSet, later }) => {
      let start = -1
      let minute: Minute | undefined
      for (const batch of new BatchCursor(recordSet)) {
        const section = batch.records()
        reader.open(section.buffer, section.start, section.end, section.baseTimestamp + later)
        const { view } = section
        while (reader.next()) {
          const { timestamp } = reader
          if (timestamp > time) time = timestamp
          if (minute === undefined || timestamp < start || timestamp >= start + MINUTE) {
            start = timestamp - (timestamp % MINUTE)
            minute = open.get(start) ?? minuteOf(start)
          }
          const row = minute.table.find(reader.buffer, reader.keyStart, reader.keyEnd, true)
          minute.orders.fit(row)
          minute.totals.fit(row)
          minute.times.fit(row)
          minute.orders.values[row]! += 1
          minute.totals.values[row]! += view.getFloat64(reader.total(), true)
          if (timestamp > minute.times.values[row]!) minute.times.values[row] = timestamp
          minute.dirty.add(row)
          if (time >= oldest + MINUTE + GRACE) closeUntil(time)
        }
      }
      for (const [each, rows] of open) writeChanges(each, rows)
      return { outputs: outputs.flatMap((writer) => writer.seal()), changelogs: changelog.seal() }
    },
  }
}
