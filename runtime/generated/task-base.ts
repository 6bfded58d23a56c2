/** What all generated tasks have in common: the fields that the runtime reads after a call. */
import { Stop, type GeneratedTask, type RecordSection, type TaskContext, type TaskOutputs } from '../abi/index.js'
import { UnknownTopic } from './errors.js'
import type { TaskClock } from '../operators/task-clock.js'
import { Scratch } from './scratch.js'

const IN_METHOD = -2

/** A record without key, value and headers: what the function of a clock is called with. */
const TICK = Buffer.from([12, 0, 0, 0, 1, 1, 0])
const TICK_VIEW = new DataView(TICK.buffer, TICK.byteOffset, TICK.length)
const TICK_SECTION: RecordSection = { baseOffset: -1, baseTimestamp: 0, fromOffset: -1, appendTimestamp: -1 }
/** Between looks at the time. */
const TURNS = 63

export abstract class TaskBase implements GeneratedTask {
  position = 0
  nextOffset = 0
  headTimestamp = 0
  unknownSchemaId = -1
  unknownSchemaInKey = false
  unknownTopic = ''
  error: unknown = undefined
  failedOperator = -1
  readonly counts: Float64Array
  /** Of the last input record that was begun; each gets another one. */
  protected serial = 0
  /** Where a record is that has left the record loop for a method: -2 in place of the operator's id points here. */
  protected operator = -1
  protected readonly scratch = new Scratch()
  protected readonly outputs: TaskOutputs
  /** Of a task with operators that go by time. */
  protected clock: TaskClock | undefined

  constructor(
    protected readonly context: TaskContext,
    operators: number,
  ) {
    this.outputs = context.outputs
    this.counts = new Float64Array(operators)
  }

  abstract process(
    input: number,
    buffer: Buffer,
    view: DataView,
    start: number,
    end: number,
    section: RecordSection,
    untilTimestamp: number,
  ): Stop

  /** No record is early enough: the head is decoded and timed, and nothing else happens. */
  peek(input: number, buffer: Buffer, view: DataView, start: number, end: number, section: RecordSection): Stop {
    const stop = this.process(input, buffer, view, start, end, section, -Infinity)
    return stop === Stop.TimeLimit ? Stop.End : stop
  }

  tick(): Stop {
    const { clock } = this
    if (clock === undefined || clock.input < 0) return Stop.End
    clock.wall = this.context.now()
    for (let turn = 1; clock.beginTurn(); turn++) {
      clock.undo = undefined
      const { position, nextOffset } = this
      const stop = this.process(clock.input, TICK, TICK_VIEW, 0, TICK.length, TICK_SECTION, Infinity)
      this.position = position
      this.nextOffset = nextOffset
      if (stop !== Stop.End) return stop
      if ((turn & TURNS) === 0 && performance.now() > this.context.deadline) return Stop.TimeSlice
    }
    return Stop.End
  }

  advanceStreamTime(timestamp: number): boolean {
    return this.clock?.advance(timestamp) ?? false
  }

  skipDue(): void {
    const { clock } = this
    if (clock === undefined) return
    clock.undo?.()
    clock.skips = true
  }

  nextWallClock(): number {
    return this.clock?.nextWallClock() ?? Infinity
  }

  close(): void {
    this.error = undefined
  }

  /** Why the loop was left by an exception; outputs of the record are rolled back already. */
  protected failed(error: unknown, operator: number): Stop {
    if (error instanceof UnknownTopic) {
      this.unknownTopic = error.topic
      return Stop.UnknownTopic
    }
    this.error = error
    this.failedOperator = operator === IN_METHOD ? this.operator : operator
    return Stop.RecordError
  }
}
