import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../../embedded/kafka/clock.js'
import { TransactionCoordinator } from '../../../../embedded/kafka/transaction/transaction-coordinator.js'
import type { ProducerIdentity } from '../../../../embedded/kafka/transaction/transaction.js'
import { ErrorCode } from '../../../../runtime/kafka/protocol/index.js'

const setup = () => {
  const clock = new ManualClock(0)
  const marks: string[] = []
  let next = 0n
  const coordinator = new TransactionCoordinator({
    clock,
    newProducerId: () => next++,
    save: () => undefined,
    markPartition: (topic, partition, { producerId, producerEpoch, committed }) =>
      void marks.push(`${topic}-${partition} ${committed ? 'commit' : 'abort'} ${producerId}/${producerEpoch}`),
    markGroup: (group, { committed }) => void marks.push(`${group} ${committed ? 'commit' : 'abort'}`),
  })
  const granted = (result: { readonly errorCode: number; readonly identity: ProducerIdentity | null }) => {
    if (result.identity === null) throw new Error(`refused with ${result.errorCode}`)
    return result.identity
  }
  return { clock, marks, coordinator, granted }
}

const PARTITION = [{ topic: 't', partition: 0 }]

describe('TransactionCoordinator', () => {
  it('aborts what is open for too long, and fences its producer', () => {
    const { clock, marks, coordinator, granted } = setup()
    const me = granted(coordinator.init('x', 1000, null))
    expect(coordinator.add('x', me, PARTITION, ['g'])).toBe(0)
    clock.advance(999)
    expect(marks).toEqual([])
    clock.advance(1)
    expect(marks).toEqual(['t-0 abort 0/1', 'g abort'])
    expect(coordinator.add('x', me, PARTITION, [])).toBe(ErrorCode.PRODUCER_FENCED)
    // As measured on Kafka: the late commit is taken for a repetition with another outcome.
    expect(coordinator.end('x', me, true, 2).errorCode).toBe(ErrorCode.INVALID_TXN_STATE)
    expect(coordinator.end('x', me, false, 2)).toEqual({ errorCode: 0, identity: { producerId: 0n, producerEpoch: 1 } })
  })

  it('measures the time-out from the beginning of each transaction', () => {
    const { clock, marks, coordinator, granted } = setup()
    const me = granted(coordinator.init('x', 1000, null))
    clock.advance(5000)
    coordinator.add('x', me, PARTITION, [])
    clock.advance(900)
    const next = granted(coordinator.end('x', me, true, 2))
    clock.advance(900)
    coordinator.add('x', next, PARTITION, [])
    clock.advance(900)
    expect(marks).toEqual(['t-0 commit 0/1'])
    clock.advance(100)
    expect(marks).toEqual(['t-0 commit 0/1', 't-0 abort 0/2'])
  })

  it('lets requests wait while markers are late', () => {
    const { clock, marks, coordinator, granted } = setup()
    coordinator.markerDelayMs = 50
    const me = granted(coordinator.init('x', 1000, null))
    coordinator.add('x', me, PARTITION, [])
    const next = granted(coordinator.end('x', me, true, 2))
    expect(coordinator.add('x', next, PARTITION, [])).toBe(ErrorCode.CONCURRENT_TRANSACTIONS)
    expect(coordinator.init('x', 1000, null).errorCode).toBe(ErrorCode.CONCURRENT_TRANSACTIONS)
    expect(coordinator.end('x', me, true, 2).errorCode).toBe(ErrorCode.CONCURRENT_TRANSACTIONS)
    expect(coordinator.end('x', me, false, 2).errorCode).toBe(ErrorCode.INVALID_TXN_STATE)
    clock.advance(50)
    expect(marks).toEqual(['t-0 commit 0/1'])
    expect(coordinator.end('x', me, true, 2)).toEqual({ errorCode: 0, identity: next })
    expect(coordinator.add('x', next, PARTITION, [])).toBe(0)
  })

  it('exchanges the producer id when its epochs run out', () => {
    const { marks, coordinator, granted } = setup()
    let me = granted(coordinator.init('x', 1000, null))
    while (me.producerId === 0n) {
      const before = me
      coordinator.add('x', me, PARTITION, [])
      me = granted(coordinator.end('x', me, true, 2))
      if (me.producerId === 0n) continue
      expect(before.producerEpoch).toBe(0x7ffe)
      expect(marks.at(-1)).toBe(`t-0 commit 0/32767`)
      expect(granted(coordinator.end('x', before, true, 2))).toEqual(me)
    }
    expect(me).toEqual({ producerId: 1n, producerEpoch: 0 })
  })

  it('answers a repeated InitProducerId of a recovering producer alike', () => {
    const { coordinator, granted } = setup()
    const me = granted(coordinator.init('x', 1000, null))
    const bumped = granted(coordinator.init('x', 1000, me))
    expect(bumped.producerEpoch).toBe(1)
    expect(granted(coordinator.init('x', 1000, me))).toEqual(bumped)
    expect(granted(coordinator.init('x', 1000, bumped)).producerEpoch).toBe(2)
    expect(coordinator.init('x', 1000, me).errorCode).toBe(ErrorCode.PRODUCER_FENCED)
  })
})
