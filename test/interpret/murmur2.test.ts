import { describe, expect, it } from 'vitest'
import { murmur2, partitionFor } from '../../compiler/interpret/murmur2.js'

describe('murmur2', () => {
  // From the tests of Kafka's Java client (UtilsTest.testMurmur2).
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Java does', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash)
  })

  it('chooses partitions by the hash without its sign', () => {
    expect(partitionFor(Buffer.from('21'), 10)).toBe((-973932308 & 0x7fffffff) % 10)
  })
})
