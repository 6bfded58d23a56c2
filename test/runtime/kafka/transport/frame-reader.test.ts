import { describe, expect, it } from 'vitest'
import { FrameReader } from '../../../../runtime/kafka/transport/frame-reader.js'
import { ReceiveBuffers } from '../../../../runtime/kafka/transport/receive-buffers.js'

const framed = (body: Buffer): Buffer => {
  const frame = Buffer.alloc(4 + body.length)
  frame.writeInt32BE(body.length, 0)
  body.copy(frame, 4)
  return frame
}

const bodies = [Buffer.from('four'), Buffer.alloc(100_000, 7), Buffer.from('another answer')]
const stream = Buffer.concat(bodies.map(framed))

describe('FrameReader', () => {
  it.each([1, 3, 4, 5, 1000, 65_536, stream.length])('cuts responses from chunks of %i bytes', (size) => {
    const frames: Buffer[] = []
    const reader = new FrameReader(new ReceiveBuffers(), (frame) => frames.push(frame))
    // One buffer again and again, as sockets with `onread` deliver.
    const chunk = Buffer.alloc(size)
    for (let at = 0; at < stream.length; at += size) {
      const bytes = stream.copy(chunk, 0, at, at + size)
      reader.receive(chunk.subarray(0, bytes))
      chunk.fill(0)
    }
    expect(frames.map((frame) => frame.equals(bodies[frames.indexOf(frame)] ?? Buffer.alloc(0)))).toEqual([
      true,
      true,
      true,
    ])
  })

  it.each([-1, 0, 3, 0x7fff_ffff])('refuses a response of %i bytes', (length) => {
    const reader = new FrameReader(new ReceiveBuffers(), () => undefined)
    const chunk = Buffer.alloc(4)
    chunk.writeInt32BE(length, 0)
    expect(() => {
      reader.receive(chunk)
    }).toThrow(`a response of ${length} bytes`)
  })

  it('takes an alert of TLS, at the begin of a connection, for what it is', () => {
    const reader = new FrameReader(new ReceiveBuffers(), () => undefined)
    expect(() => {
      reader.receive(Buffer.from([0x15, 3, 1, 0, 2, 2, 10]))
    }).toThrow('wants TLS')
  })
})
