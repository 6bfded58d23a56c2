/**
 * What a listener speaks, when it hangs up on us before it has answered anything: one that wants TLS and one that stops
 * look alike from a connection without TLS, so it is asked the other way once. Only what it proves counts: a handshake that
 * gets an answer, or a response of Kafka's.
 */
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

const PROBE_MS = 2000

/** ApiVersions 0 with the correlation id 1 and no client id; its answer begins with a length and that id. */
const API_VERSIONS = Buffer.from('0000000a001200000000' + '0001' + 'ffff', 'hex')
const ANSWER_START = 8
const CORRELATION_ID = 1

/** Settles `speaks` once, and ends the socket. */
const settle = (socket: Socket, resolve: (speaks: boolean) => void): ((speaks: boolean) => void) => {
  const done = (speaks: boolean): void => {
    resolve(speaks)
    socket.destroy()
  }
  socket.setTimeout(PROBE_MS, () => {
    done(false)
  })
  socket.once('close', () => {
    done(false)
  })
  return done
}

/** Whether a handshake begins there. Nothing is sent through it, so that it does not matter who answers. */
export const speaksTls = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTls({ host, port, rejectUnauthorized: false })
    const done = settle(socket, resolve)
    socket.once('secureConnect', () => {
      done(true)
    })
    // An alert is TLS, too: for one, of a listener that wants our certificate.
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => {
      done(/^ERR_SSL_.*ALERT/.test(code))
    })
  })

/** Whether it answers Kafka's first request without TLS. */
export const speaksPlain = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTcp({ host, port })
    const done = settle(socket, resolve)
    let answer = Buffer.alloc(0)
    socket.once('connect', () => socket.write(API_VERSIONS))
    socket.on('data', (bytes) => {
      answer = Buffer.concat([answer, bytes])
      if (answer.length >= ANSWER_START) done(answer.readInt32BE(4) === CORRELATION_ID)
    })
    socket.once('error', () => {
      done(false)
    })
  })
