/**
 * Mends one connection of kafkajs 2.2.4 in place (its files stay untouched):
 * 1. an idle request queue re-arms a timer of 1 ms for ever, and with negative delays;
 * 2. concurrent first requests open a socket each and leak all but one;
 * 3. a request that times out leaves its half-open socket in use for ever; we close it, as Kafka's own client does;
 * 4. a socket that closes without 'end' or 'error' is not noticed;
 * 5. time-outs are looked for ten times a second, idle or not;
 * 6. responses are concatenated from their chunks, again and again where several are on their way.
 */
import { FrameReader } from './frame-reader.js'
import type { Connection } from './kafkajs-seams.js'
import type { ReceiveBuffers } from './receive-buffers.js'
import { watchDeadlines } from './request-deadlines.js'

export const hardenConnection = (connection: Connection, buffers: ReceiveBuffers, onDown: () => void): void => {
  const queue = connection.requestQueue
  queue.scheduleCheckPendingRequests = (): void => {
    if (queue.throttleCheckTimeoutId !== null || queue.pending.length === 0) return
    const wait = queue.throttledUntil - Date.now()
    if (wait <= 0) return
    queue.throttleCheckTimeoutId = setTimeout(() => {
      queue.throttleCheckTimeoutId = null
      queue.checkPendingRequests()
    }, wait + 1)
  }

  const deadlines = watchDeadlines(queue)
  queue.scheduleRequestTimeoutCheck = (): void => undefined

  const processData = connection.processData.bind(connection)
  const open = (): FrameReader =>
    new FrameReader(buffers, (frame) => {
      const correlationId = frame.readInt32BE(0)
      queue.fulfillRequest({ correlationId, payload: frame.subarray(4), size: frame.length })
    })
  let reader = open()
  connection.processData = (chunk) => {
    // SASL has its own framing. What it keeps must be its own.
    if (connection.authHandlers !== null) {
      processData(Buffer.from(chunk))
      return
    }
    try {
      reader.receive(chunk)
    } catch (error) {
      connection.socket?.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  const connect = connection.connect.bind(connection)
  let connecting: Promise<boolean> | undefined
  const connectAndWatch = async (): Promise<boolean> => {
    reader = open()
    try {
      const connected = await connect()
      connection.socket?.setNoDelay(true)
      connection.socket?.once('close', () => {
        deadlines.clear()
        if (connection.isConnected()) {
          queue.rejectAll(new Error('the connection was closed'))
          void connection.disconnect()
        }
        onDown()
      })
      return connected
    } finally {
      connecting = undefined
    }
  }
  connection.connect = () => {
    if (connection.isConnected()) return Promise.resolve(true)
    connecting ??= connectAndWatch()
    return connecting
  }

  const createSocketRequest = queue.createSocketRequest.bind(queue)
  queue.createSocketRequest = (request) => {
    const socketRequest = createSocketRequest(request)
    const timeoutRequest = socketRequest.timeoutRequest.bind(socketRequest)
    socketRequest.timeoutRequest = (): void => {
      timeoutRequest()
      connection.socket?.destroy(new Error('a request timed out'))
    }
    const send = socketRequest.send.bind(socketRequest)
    socketRequest.send = (): void => {
      send()
      deadlines.sent(socketRequest.requestTimeout)
    }
    return socketRequest
  }
}
