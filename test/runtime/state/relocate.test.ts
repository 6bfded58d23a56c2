import { describe, expect, it } from 'vitest'
import { BatchCursor, BatchWriter } from '../../../runtime/kafka/record-batch/index.js'
import { applyChanges, writeChanges } from '../../../runtime/state/changelog.js'
import { TimeBuffer } from '../../../runtime/state/time-buffer.js'

const sealing = {
  producerId: -1n,
  producerEpoch: -1,
  baseSequence: -1,
  isTransactional: false,
  compression: 'none',
} as const

describe('a buffer by time, restored', () => {
  it('has a row in its last place that left and came again between two commits', () => {
    const log: Buffer[] = []
    const buffer = new TimeBuffer({ bucketMs: 10 })
    const key = Buffer.from('k')
    const other = Buffer.from('o')
    for (const [serial, time] of [5, 95].entries()) {
      const slot = buffer.table.find(key, 0, 1)
      if (slot >= 0) buffer.table.delete(slot)
      buffer.table.setNull(buffer.table.insert(key, 0, 1, time))
      buffer.table.setNull(buffer.table.insert(other, 0, 1, 50))
      const writer = new BatchWriter()
      writeChanges(buffer.table, writer, serial)
      for (const sealed of writer.seal(sealing)) log.push(Buffer.from(sealed.buffer))
      buffer.table.commit()
    }
    const restored = new TimeBuffer({ bucketMs: 10 })
    for (const batch of log) for (const one of new BatchCursor(batch)) applyChanges(restored.table, one.records(), 0)
    expect([...restored.inOrder()].map((slot) => restored.table.timestamp(slot))).toEqual([50, 95])
    restored.table.delete(restored.first())
    expect(restored.table.timestamp(restored.first())).toBe(95)
  })
})
