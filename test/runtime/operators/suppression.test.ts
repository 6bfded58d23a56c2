import { describe, expect, it } from 'vitest'
import { Suppression, type SuppressionSpec } from '../../../runtime/operators/suppression.js'
import { TimeBuffer } from '../../../runtime/state/time-buffer.js'
import { backings } from '../state/backings.js'
import { bytes, commit, text, timeTable } from './kernels.js'

const untilTime: SuppressionSpec = {
  byWall: false,
  delay: 10,
  maxRecords: Infinity,
  early: false,
  windowed: false,
  byEnd: false,
}

describe.each(backings())('suppression $name', ({ open }) => {
  const holding = (spec: SuppressionSpec) => {
    const { backing, after } = open(1)
    const held = new TimeBuffer({ columns: 1, bucketMs: 4 }, backing)
    const suppression = new Suppression(held, timeTable(), spec, text, text)
    return (key: string, value: string | null, timestamp: number, start = 0, end = 0): readonly string[] => {
      suppression.seek(bytes(key), 0, key.length)
      suppression.hold(value, timestamp, start, end)
      const out: string[] = []
      while (suppression.nextDue()) {
        const window = spec.windowed ? `[${suppression.start()},${suppression.end()})` : ''
        const place = `${String(suppression.key())}${window}@${suppression.timestamp()}`
        out.push(`${place}=${String(suppression.take())}`)
      }
      commit(held.table, after)
      return out
    }
  }

  it('gives the last change of a key when its time has come, which counts from the first', () => {
    const hold = holding(untilTime)
    expect(hold('b', 'b1', 5)).toEqual([])
    expect(hold('a', 'a1', 5)).toEqual([])
    expect(hold('a', 'a2', 12)).toEqual([])
    expect(hold('c', 'c1', 15)).toEqual(['a@12=a2', 'b@5=b1'])
    expect(hold('c', null, 16)).toEqual([])
    expect(hold('c', null, 25)).toEqual(['c@25=null'])
  })

  it('gives windows when they close', () => {
    const hold = holding({ ...untilTime, delay: 3, windowed: true, byEnd: true })
    expect(hold('k', 'one', 1, 0, 10)).toEqual([])
    expect(hold('k', 'two', 11, 10, 20)).toEqual([])
    expect(hold('k', 'three', 12, 0, 10)).toEqual([])
    expect(hold('j', 'four', 13, 10, 20)).toEqual(['k[0,10)@12=three'])
    expect(hold('j', 'five', 23, 20, 30)).toEqual(['j[10,20)@13=four', 'k[10,20)@11=two'])
  })

  it('lets the oldest go early when there are too many', () => {
    const hold = holding({ ...untilTime, maxRecords: 2, early: true })
    expect(hold('c', 'c1', 1)).toEqual([])
    expect(hold('b', 'b1', 2)).toEqual([])
    expect(hold('a', 'a1', 3)).toEqual(['c@1=c1'])
    expect(hold('b', 'b2', 4)).toEqual([])
  })

  it('fails when there are too many', () => {
    const hold = holding({ ...untilTime, maxRecords: 1 })
    hold('a', 'a1', 1)
    expect(() => hold('b', 'b1', 2)).toThrow('more than 1 keys')
  })
})
