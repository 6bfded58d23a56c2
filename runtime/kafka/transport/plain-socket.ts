/**
 * Sockets without TLS that read into one buffer again and again: a buffer of 64 KiB for each chunk, as Node gives them,
 * costs more than what is done with the bytes. Listeners of 'data' must not keep what they get.
 */
import { connect, type Socket } from 'node:net'
import type { ISocketFactory } from 'kafkajs'

const READ_BYTES = 256 * 1024
const KEEP_ALIVE_MS = 60_000

export const connectPlain = ({ host, port, onConnect }: Parameters<ISocketFactory>[0]): Socket => {
  const socket: Socket = connect(
    {
      host,
      port,
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (bytes, buffer) => {
          socket.emit('data', Buffer.from(buffer.buffer, buffer.byteOffset, bytes))
          return true
        },
      },
    },
    onConnect,
  )
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  return socket
}
