import fc from '../../../fast-check.js'
import { describe, expect, it } from 'vitest'
import { FrameReader } from '../../../../embedded/kafka/server/frame-reader.js'

const framed = (body: Uint8Array): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

describe('FrameReader', () => {
  it('gives the same requests however the stream is cut', () => {
    const bodies = fc.array(fc.uint8Array({ minLength: 8, maxLength: 300 }), { maxLength: 8 })
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (requests, cuts) => {
        const stream = Buffer.concat(requests.map(framed))
        const reader = new FrameReader()
        const seen: Buffer[] = []
        for (let at = 0, index = 0; at < stream.length; index++) {
          const end = at + (cuts[index % cuts.length] ?? 1)
          seen.push(...(reader.push(stream.subarray(at, end)) ?? []))
          at = end
        }
        expect(seen.map((frame) => frame.toString('hex'))).toEqual(
          requests.map((body) => Buffer.from(body).toString('hex')),
        )
      }),
    )
  })

  it.each([7, -1, 200 * 1024 * 1024])('refuses the size %i', (size) => {
    const bytes = Buffer.alloc(12)
    bytes.writeInt32BE(size)
    expect(new FrameReader().push(bytes)).toBeNull()
    const reader = new FrameReader()
    expect(reader.push(bytes.subarray(0, 2))).toEqual([])
    expect(reader.push(bytes.subarray(2))).toBeNull()
  })
})
