import { callFunction } from '../call-lambda.js'
import { attributed } from '../operator-failure.js'
import { recordContext } from '../record-context.js'
import { noRecord, type FlowRecord } from '../record.js'
import { AuthorRows, type StoreScope } from '../state/author-stores.js'
import { KeyedMap } from '../state/keyed-map.js'
import { Timers } from '../state/timers.js'
import type { TaskTime } from '../task-clock.js'
import type { NodeOf, OperatorContext, OperatorInterpreter } from './operator.js'
import { Emission } from './process-output.js'

/** An author's own operator (Kafka Streams' KStreamProcess): what its functions give goes on, one record at a time. */
export const process: OperatorInterpreter<'process'> = (node, context) => {
  const operator = new ProcessOperator(node, context)
  return (record) => {
    operator.record(record)
  }
}

class ProcessOperator {
  readonly #node: NodeOf<'process'>
  readonly #context: OperatorContext
  readonly #timers: Timers
  readonly #stores: readonly AuthorRows[]
  /** When the next punctuation is due, by partition. */
  readonly #due: KeyedMap<number>
  readonly #start: number
  readonly #state: unknown
  #scope: StoreScope = { partition: 0, key: undefined, streamTime: -1 }

  constructor(node: NodeOf<'process'>, context: OperatorContext) {
    const { journal, task } = context
    this.#node = node
    this.#context = context
    this.#timers = new Timers(node.timers, journal)
    this.#stores = node.stores.map((spec) => new AuthorRows(spec, journal))
    this.#due = new KeyedMap(journal)
    this.#start = task.wall
    this.#state = this.#open()
    for (const store of this.#stores) context.expose(() => store.results(), store.spec.name)
    task.onDue(node.id, {
      dueAt: (partition, time) => this.#timers.due(partition, time)?.at ?? this.#punctuationDue(partition, time),
      fire: (partition, time, skip) => {
        this.#fire(partition, time, skip)
      },
    })
  }

  record(record: FlowRecord): void {
    const { partition } = record.origin
    // The task's time counts this record when it is done.
    this.#enter(partition, record.key, Math.max(record.timestamp, this.#context.task.streamTime(partition)))
    const result = callFunction(this.#node.id, this.#node.process, record.value, recordContext(record), this.#state)
    this.#emit(result, record)
  }

  #fire(partition: number, time: TaskTime, skip: boolean): void {
    const timer = this.#timers.due(partition, time)
    if (timer !== undefined) {
      this.#timers.cancel(timer)
      if (skip) return
      const { name, key, at, clock } = timer
      this.#enter(partition, key, time.stream)
      const result = callFunction(this.#node.id, this.#node.onTimer ?? none, { name, key, at }, this.#state)
      this.#emit(result, this.#timed(partition, key, clock === 'stream' ? at : time.wall))
      return
    }
    const { punctuate } = this.#node
    const due = this.#punctuationDue(partition, time)
    if (punctuate === undefined || due === Infinity) return
    const { every, clock } = punctuate
    const now = time[clock]
    this.#due.set(partition, due + (Math.floor((now - due) / every) + 1) * every)
    if (skip) return
    this.#enter(partition, undefined, time.stream)
    this.#emit(callFunction(this.#node.id, punctuate.run, now, this.#state), this.#timed(partition, null, now))
  }

  /** Infinity: it is not. */
  #punctuationDue(partition: number, time: TaskTime): number {
    const { punctuate } = this.#node
    if (punctuate === undefined) return Infinity
    const first = punctuate.clock === 'stream' ? 0 : this.#start + punctuate.every
    const due = this.#due.get(partition) ?? first
    return time[punctuate.clock] < due ? Infinity : due
  }

  #enter(partition: number, key: unknown, streamTime: number): void {
    this.#scope = { partition, key, streamTime }
    for (const store of this.#stores) store.expire(partition, streamTime)
  }

  #emit(result: unknown, record: FlowRecord): void {
    const { id, keepsKey, outputs } = this.#node
    attributed(id, () => {
      for (const emitted of Emission.all(result, keepsKey, outputs)) {
        const { key = record.key, value, timestamp = record.timestamp, to } = emitted
        const next = { ...record, key, timestamp }
        this.#context.forward({ ...next, value: outputs.length === 0 ? value : new Emission(to, value) })
      }
    })
  }

  /** A record of no topic, which what a timer gives comes of. */
  #timed(partition: number, key: unknown, timestamp: number): FlowRecord {
    return { origin: noRecord(partition, timestamp), key, value: undefined, timestamp }
  }

  #open(): unknown {
    const scope = (): StoreScope => this.#scope
    const { task } = this.#context
    const timers = this.#node.timers.map(({ name }) => {
      const place = (): { partition: number; name: string; key: unknown } => {
        const { partition, key } = this.#scope
        if (key !== null && key !== undefined) return { partition, name, key }
        throw new RangeError(`timer '${name}' is of the key of the record, and there is none here`)
      }
      const set = (at: number): void => {
        this.#timers.set({ ...place(), at })
      }
      const cancel = (): void => {
        this.#timers.cancel(place())
      }
      return [name, { set, cancel }] as const
    })
    return {
      stores: Object.fromEntries(this.#stores.map((store) => [store.spec.name, store.open(scope)])),
      timers: Object.fromEntries(timers),
      get streamTime() {
        return scope().streamTime
      },
      get now() {
        return task.wall
      },
    }
  }
}

const none = (): undefined => undefined
