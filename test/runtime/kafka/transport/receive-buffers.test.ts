import { describe, expect, it } from 'vitest'
import { SharedAnswer } from '../../../../runtime/kafka/shared-answer.js'
import { ReceiveBuffers } from '../../../../runtime/kafka/transport/receive-buffers.js'

const MiB = 1024 * 1024

describe('ReceiveBuffers', () => {
  it('lends memory again that any view gives back', () => {
    const buffers = new ReceiveBuffers()
    const first = buffers.take(MiB + 1)
    expect(first.length).toBe(MiB + 1)
    buffers.giveBack(first.subarray(10, 20))
    expect(buffers.take(MiB).buffer).toBe(first.buffer)
  })

  it('lends nothing twice, however often it is given back', () => {
    const buffers = new ReceiveBuffers()
    const first = buffers.take(MiB)
    buffers.giveBack(first)
    buffers.giveBack(first)
    expect(buffers.take(MiB).buffer).toBe(first.buffer)
    expect(buffers.take(MiB).buffer).not.toBe(first.buffer)
  })

  it('takes nothing that it has not lent', () => {
    const buffers = new ReceiveBuffers()
    const foreign = Buffer.alloc(MiB)
    buffers.giveBack(foreign)
    expect(buffers.take(MiB).buffer).not.toBe(foreign.buffer)
  })

  it('keeps no more than its bound, what is lent included', () => {
    const buffers = new ReceiveBuffers(MiB)
    const [first, second] = [buffers.take(MiB), buffers.take(MiB)]
    buffers.giveBack(first)
    expect(buffers.freeBytes).toBe(0)
    buffers.giveBack(second)
    expect(buffers.freeBytes).toBe(MiB)
    expect(buffers.take(MiB).buffer === second.buffer).toBe(true)
    expect(buffers.freeBytes).toBe(0)
  })
})

describe('SharedAnswer', () => {
  it('is given back by its last reader', () => {
    let given = 0
    const answer = new SharedAnswer(100, () => given++)
    answer.retain(100)
    answer.release(100)
    expect(given).toBe(0)
    answer.release()
    expect(given).toBe(1)
  })
})
