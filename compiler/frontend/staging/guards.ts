/**
 * What the author's code cannot do while a pipeline is built (rule 18): use the network, start processes, see the
 * environment. Attempts are told to the compiler and fail. Imported before any of the author's modules.
 */
import childProcess from 'node:child_process'
import dgram from 'node:dgram'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { workerData } from 'node:worker_threads'
import type { StageInput, Violation } from './message.js'

const violations: Violation[] = []
let building = false

export function foundViolations(): readonly Violation[] {
  return violations
}

/** Environment variables read in a builder are a violation; at module level they are just absent. */
export function whileBuilding<T>(run: () => T): T {
  building = true
  try {
    return run()
  } finally {
    building = false
  }
}

function forbid(what: string): () => never {
  return () => {
    const error = new Error(`${what} is not available while a pipeline is built`)
    violations.push({ kind: 'network', what, stack: error.stack })
    throw error
  }
}

function replace(target: object, names: readonly string[], prefix: string): void {
  for (const name of names)
    Object.defineProperty(target, name, { value: forbid(`${prefix}${name}`), writable: true, configurable: true })
}

replace(net.Socket.prototype, ['connect'], 'net.')
replace(net.Server.prototype, ['listen'], 'net.Server.')
replace(dgram.Socket.prototype, ['bind', 'connect', 'send'], 'dgram.')
const spawners = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync']
replace(childProcess, spawners, 'child_process.')
replace(globalThis, ['fetch', 'WebSocket', 'EventSource'], '')
syncBuiltinESMExports()

process.env = new Proxy(
  { ...(process.env['TZ'] === undefined ? {} : { TZ: process.env['TZ'] }) },
  {
    get(variables: Readonly<Record<string, string>>, name) {
      if (building && typeof name === 'string') {
        const { stack } = new Error(name)
        // Node reads variables, too, for the colours of console.log; the reader is the second frame.
        if (stack?.split('\n')[2]?.includes('[worker eval]') === true) {
          violations.push({ kind: 'environment', what: name, stack })
        }
      }
      return typeof name === 'string' ? variables[name] : undefined
    },
  },
)

const { clockShift } = workerData as StageInput
if (clockShift !== 0) {
  const now = Date.now
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget): Date =>
      Reflect.construct(target, args.length === 0 ? [now() + clockShift] : args, newTarget) as Date,
    get: (target, name, receiver): unknown =>
      name === 'now' ? () => now() + clockShift : Reflect.get(target, name, receiver),
  })
}
