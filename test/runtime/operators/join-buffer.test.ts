import { describe, expect, it } from 'vitest'
import { JoinBuffer } from '../../../runtime/operators/join-buffer.js'
import { TimeBuffer } from '../../../runtime/state/time-buffer.js'
import { backings } from '../state/backings.js'
import { bytes, commit, text, timeTable } from './kernels.js'

describe.each(backings())('records that wait for a table $name', ({ open }) => {
  it('leave by time, then by key, then as they came, when the grace is over', () => {
    const { backing, after } = open()
    const buffer = new TimeBuffer({ bucketMs: 3 }, backing)
    const waiting = new JoinBuffer(buffer, timeTable(), 10, text, text)
    const take = (key: string, value: string, timestamp: number): readonly unknown[] => {
      waiting.advance(timestamp)
      waiting.seek(bytes(key), 0, key.length)
      const out: unknown[] = []
      if (!waiting.add(value, timestamp)) out.push(`${key} is late`)
      while (waiting.nextDue()) {
        const left = `${String(waiting.dueKey())}@${waiting.dueTimestamp()}`
        out.push(`${left}=${String(waiting.takeDue())}`)
      }
      commit(buffer.table, after)
      return out
    }
    expect(take('b', 'first', 20)).toEqual([])
    expect(take('a', 'second', 20)).toEqual([])
    expect(take('b', 'third', 15)).toEqual([])
    expect(take('a', 'again', 20)).toEqual([])
    expect(take('a', 'late', 9)).toEqual(['a is late'])
    expect(take('c', 'fourth', 26)).toEqual(['b@15=third'])
    expect(take('c', 'fifth', 30)).toEqual(['a@20=second', 'a@20=again', 'b@20=first'])
    // Not yet late, and due at once.
    expect(take('d', 'sixth', 20)).toEqual(['d@20=sixth'])
    expect(buffer.table.size).toBe(2)
  })
})
