import { describe, expect, it } from 'vitest'
import { PartitionedOutput } from '../../../runtime/task/topic-output.js'
import { BufferPool } from '../../../runtime/kafka/record-batch/index.js'

const open = (partitions: number): PartitionedOutput =>
  new PartitionedOutput('t', partitions, { batchLimit: 1000, maxRecordBytes: 1000, pool: new BufferPool(10_000) })

const write = (output: PartitionedOutput, serial: number): number => {
  const partition = output.stickyPartition()
  const writer = output.writers[partition]
  const key = Buffer.alloc(0)
  const start = writer?.beginRecord(serial, 0, key, 0, -1, 1) ?? 0
  writer?.endRecord(start + 1)
  return partition
}

describe('records without a key (KIP-480)', () => {
  it('stay with one partition until its batch leaves, then go to the next', () => {
    const output = open(3)
    const chosen: number[] = []
    for (let batch = 0; batch < 6; batch++) {
      const partitions = new Set([1, 2, 3, 4].map((record) => write(output, batch * 4 + record)))
      expect(partitions.size).toBe(1)
      chosen.push(...partitions)
      output.seal((_topic, _partition, writer) => {
        writer.seal({ producerId: 1n, producerEpoch: 0, baseSequence: 0, isTransactional: false, compression: 'none' })
      })
    }
    expect(new Set(chosen.slice(0, 3)).size).toBe(3)
    expect(chosen.slice(3)).toEqual(chosen.slice(0, 3))
  })
})
