import { describe, expect, it } from 'vitest'
import { PartitionQueue, type OutgoingBatch } from '../../../runtime/kafka/outgoing-batch.js'

describe('batches of a partition', () => {
  it('go one by one until the broker knows the producer: a second one could take the place of the first', () => {
    const queue = new PartitionQueue('topic', 0)
    const [first, second] = [1, 2].map((id) => ({ id }) as OutgoingBatch)
    queue.batches.push(first!, second!)
    expect(queue.sendable(0, 5)).toBe(first)
    queue.inFlight = 1
    expect(queue.sendable(0, 5)).toBeUndefined()
    queue.isKnown = true
    expect(queue.sendable(0, 5)).toBe(second)
  })
})
