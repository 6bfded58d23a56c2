/**
 * An operator of the author's own (Kafka Streams' KStreamProcess): opens its stores and timers, calls its functions, and
 * gives what they gave, one record at a time.
 */
import type { TaskStores } from '../abi/index.js'
import { settled } from '../generated/lambda-results.js'
import type { Expiry } from '../state/expiry.js'
import type { Table } from '../state/table.js'
import { Emitted } from './emitted.js'
import { openState, ProcessorScope, type OpenTimer, type ProcessorStore } from './processor-state.js'
import { ProcessorTime } from './processor-time.js'
import type { StateCodec } from './state-codec.js'
import type { Clocked, TaskClock } from './task-clock.js'
import { Timers } from './timers.js'

export interface ProcessorSpec {
  /** Of the records' keys. */
  readonly key: StateCodec
  readonly stores: readonly ProcessorStore[]
  readonly timers: readonly { readonly name: string; readonly clock: 'stream' | 'wall' }[]
  /** Stores that hold the timers; undefined: none goes by that clock. */
  readonly streamTimers: string | undefined
  readonly wallTimers: string | undefined
  /** `every`: ms. */
  readonly punctuate: { readonly every: number; readonly clock: 'stream' | 'wall' } | undefined
  readonly keepsKey: boolean
  /** Empty: there is one, without a name. */
  readonly outputs: readonly string[]
}

type AuthorFunction = (...args: readonly unknown[]) => unknown

export class Processor implements Clocked {
  readonly #spec: ProcessorSpec
  readonly #clock: TaskClock
  readonly #time: ProcessorTime
  readonly #scope = new ProcessorScope()
  readonly #streamTimers: Timers | undefined
  readonly #wallTimers: Timers | undefined
  readonly #expiries: readonly Expiry[]
  readonly #state: unknown
  readonly #emitted: Emitted
  /** Wall clock when the task began. */
  readonly #start: number

  constructor(stores: TaskStores, times: Table, clock: TaskClock, spec: ProcessorSpec) {
    this.#spec = spec
    this.#clock = clock
    this.#time = new ProcessorTime(times)
    const timersIn = (store: string | undefined): Timers | undefined =>
      store === undefined ? undefined : new Timers(stores.buffer(store), spec.key, this.#scope.key)
    this.#streamTimers = timersIn(spec.streamTimers)
    this.#wallTimers = timersIn(spec.wallTimers)
    this.#expiries = spec.stores.flatMap(({ store }) => stores.expiry(store) ?? [])
    this.#emitted = new Emitted(spec.keepsKey, spec.outputs)
    this.#start = clock.now()
    const timers = spec.timers.flatMap(({ name, clock: by }): readonly OpenTimer[] => {
      const set = by === 'stream' ? this.#streamTimers : this.#wallTimers
      return set === undefined ? [] : [{ name, timers: set }]
    })
    this.#state = openState(stores, spec.stores, timers, this.#scope, clock.now)
    clock.add(this)
  }

  /** Goes to the key of a record. */
  seek(buffer: Uint8Array, start: number, end: number): void {
    this.#scope.key.set(buffer, start, end)
    this.#scope.hasKey = true
  }

  withoutKey(): void {
    this.#scope.hasKey = false
  }

  /** Calls the function for a record; what it gives comes by `next`. */
  process(fn: AuthorFunction, value: unknown, context: unknown, key: unknown, timestamp: number): void {
    this.#enter(Math.max(timestamp, this.#time.now))
    this.#emitted.begin(settled(fn(value, context, this.#state)), key, timestamp)
  }

  /** Calls the function of the first timer or punctuation that is due; false: there is none, or it gives nothing. */
  fire(onTimer: AuthorFunction | undefined, run: AuthorFunction | undefined): boolean {
    const clock = this.#clock
    if (!clock.takeTurn(this)) return false
    const { skips } = clock
    clock.skips = false
    this.#enter(this.#time.now)
    const timers = this.#dueTimers(clock.wall)
    if (timers === undefined) return this.#punctuate(run, skips)
    timers.take()
    this.#scope.hasKey = true
    if (skips || onTimer === undefined) return false
    const { name, key, at } = timers
    const timestamp = timers === this.#streamTimers ? at : clock.wall
    this.#emitted.begin(settled(onTimer({ name, key, at }, this.#state)), key, timestamp)
    return true
  }

  /** Goes to the next record that goes on; false: there is none. */
  next(): boolean {
    return this.#emitted.next()
  }

  key(): unknown {
    return this.#emitted.key
  }

  value(): unknown {
    return this.#emitted.value
  }

  timestamp(): number {
    return this.#emitted.timestamp
  }

  goesTo(output: string): boolean {
    return this.#emitted.output === output
  }

  advance(timestamp: number): void {
    this.#time.advance(timestamp)
  }

  dueAt(wall: number): number {
    return this.#dueTimers(wall)?.next() ?? this.#punctuationDue(wall)
  }

  nextWallClock(): number {
    return Math.min(this.#nextWallPunctuation(), this.#wallTimers?.next() ?? Infinity)
  }

  #punctuate(run: AuthorFunction | undefined, skips: boolean): boolean {
    const time = this.#takePunctuation(this.#clock.wall)
    this.#scope.hasKey = false
    if (skips || run === undefined) return false
    this.#emitted.begin(settled(run(time, this.#state)), null, time)
    return true
  }

  #dueTimers(wall: number): Timers | undefined {
    if (this.#streamTimers !== undefined && this.#streamTimers.next() <= this.#time.now) return this.#streamTimers
    return this.#wallTimers !== undefined && this.#wallTimers.next() <= wall ? this.#wallTimers : undefined
  }

  /** Infinity: it is not. */
  #punctuationDue(wall: number): number {
    const { punctuate } = this.#spec
    if (punctuate === undefined) return Infinity
    const isWall = punctuate.clock === 'wall'
    // The first one is due with the first record.
    const due = isWall ? this.#nextWallPunctuation() : Math.max(0, this.#time.streamDue)
    return (isWall ? wall : this.#time.now) < due ? Infinity : due
  }

  /** As Kafka Streams has it, the interval begins with the task; one that was under way before is kept. */
  #nextWallPunctuation(): number {
    const { punctuate } = this.#spec
    if (punctuate?.clock !== 'wall') return Infinity
    const first = this.#start + punctuate.every
    const { wallDue } = this.#time
    return wallDue > this.#start ? wallDue : first
  }

  /** What was missed is done once. Gives the time of the punctuation. */
  #takePunctuation(wall: number): number {
    const { punctuate } = this.#spec
    if (punctuate === undefined) throw new TypeError('there is no punctuation')
    const { every, clock } = punctuate
    if (clock === 'wall') {
      const due = this.#nextWallPunctuation()
      this.#time.setWallDue(due + (Math.floor((wall - due) / every) + 1) * every)
      return wall
    }
    const { now } = this.#time
    this.#time.setStreamDue((Math.floor(now / every) + 1) * every)
    return now
  }

  #enter(streamTime: number): void {
    this.#scope.streamTime = streamTime
    for (const expiry of this.#expiries) expiry.expire(streamTime)
  }
}
