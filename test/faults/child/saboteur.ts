/**
 * Preloaded into a process under test (`node --import`), into each of its threads: watches the Kafka requests on its
 * sockets, and kills, stops or cuts at a given one. It knows frames alone, so that it does the same to any client.
 */
import { existsSync, writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { sabotageDisk } from './full-disk.js'
import { FrameWatcher } from './frame-watcher.js'
import { SABOTAGED, type DiskSabotage, type Sabotage } from './sabotage.js'

const given = process.env['SABOTAGE']
const disk = process.env['SABOTAGE_DISK']
if (given !== undefined) sabotageSockets(JSON.parse(given) as Sabotage)
if (disk !== undefined) sabotageDisk(JSON.parse(disk) as DiskSabotage)
syncBuiltinESMExports()

function sabotageSockets(rule: Sabotage): void {
  let seen = 0
  let isArmed = rule.armedBy === undefined
  // A look at the file system is all that threads have in common without a word to one another.
  const isDue = (api: number): boolean => {
    if (api !== rule.api) return false
    isArmed ||= existsSync(rule.armedBy ?? '')
    return isArmed && ++seen === rule.nth
  }
  const say = (): void => {
    writeSync(2, `${SABOTAGED} ${rule.act} ${rule.when} request ${rule.nth} of API ${rule.api}\n`)
  }
  const end = (signal: 'SIGKILL' | 'SIGSTOP'): void => {
    process.kill(process.pid, signal)
    // The other threads end or stop a moment later, this one at once.
    if (signal === 'SIGKILL') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }

  const watch = (socket: net.Socket): Watched => {
    const requests = new FrameWatcher()
    const answers = new FrameWatcher()
    /** APIs of requests that are not answered, by correlation id. */
    const open = new Map<number, number>()
    let isFrozen = false
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
    const act = (): 'pass' | 'drop' | 'repeat' => {
      say()
      if (rule.act === 'repeat') return 'repeat'
      if (rule.act === 'kill' || rule.act === 'stop') {
        end(rule.act === 'kill' ? 'SIGKILL' : 'SIGSTOP')
        return 'pass'
      }
      if (rule.act === 'freeze') isFrozen = true
      else socket.destroy(new Error('cut by the saboteur'))
      return 'drop'
    }
    socket.write = (...args: unknown[]): boolean => {
      if (isFrozen) return true
      const [chunk] = args
      for (const frame of chunk instanceof Uint8Array ? requests.take(chunk) : []) {
        const api = frame.readInt16BE(0)
        open.set(frame.readInt32BE(4), api)
        if (rule.when === 'before' && isDue(api) && act() === 'drop') return true
      }
      return write(...args)
    }
    return (bytes, deliver) => {
      if (isFrozen) return
      let repeat = false
      for (const frame of answers.take(bytes)) {
        const id = frame.readInt32BE(0)
        const api = open.get(id)
        open.delete(id)
        if (rule.when !== 'after' || api === undefined || !isDue(api)) continue
        const outcome = act()
        if (outcome === 'drop') return
        repeat ||= outcome === 'repeat'
      }
      deliver(bytes)
      if (repeat && bytes.length === answers.lastFrameBytes) deliver(bytes)
    }
  }

  const connect = net.connect as (...args: unknown[]) => net.Socket
  const sabotaged = (...args: unknown[]): net.Socket => {
    let watched: Watched = (bytes, deliver) => deliver(bytes)
    const [options, ...rest] = args
    const reading =
      typeof options === 'object' && options !== null && 'onread' in options ? (options.onread as OnRead) : undefined
    if (reading !== undefined) {
      const { buffer, callback } = reading
      const onread: OnRead = {
        buffer,
        callback: (length, into) => {
          watched(into.subarray(0, length), (bytes) => callback(bytes.length, bytes))
          return true
        },
      }
      const socket = connect({ ...(options as object), onread }, ...rest)
      watched = watch(socket)
      return socket
    }
    const socket = connect(...args)
    watched = watch(socket)
    const emit = socket.emit.bind(socket) as (...args: unknown[]) => boolean
    socket.emit = ((event: string, ...values: unknown[]): boolean => {
      const [bytes] = values
      if (event !== 'data' || !(bytes instanceof Buffer)) return emit(event, ...values)
      watched(bytes, (delivered) => emit('data', delivered))
      return true
    }) as typeof socket.emit
    return socket
  }
  net.connect = sabotaged
  net.createConnection = sabotaged
}

type Watched = (bytes: Buffer, deliver: (bytes: Buffer) => unknown) => void

interface OnRead {
  readonly buffer: Buffer
  readonly callback: (length: number, into: Buffer) => boolean
}
