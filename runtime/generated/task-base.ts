/** What all generated tasks have in common: the fields that the runtime reads after a call. */
import { Stop, type GeneratedTask, type RecordSection, type TaskContext, type TaskOutputs } from '../abi/index.js'
import { UnknownTopic } from './errors.js'
import { Scratch } from './scratch.js'

const IN_METHOD = -2

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
