/**
 * A stream as the builder holds it: the node that puts it out. Its operators are the recording functions of
 * dsl/operators, which the public interface `Stream` types.
 */
import { PipelineError } from '../errors.js'
import { filter } from '../operators/filter.js'
import { filterNot } from '../operators/filter-not.js'
import { flatMap } from '../operators/flat-map.js'
import { forEach } from '../operators/for-each.js'
import { map } from '../operators/map.js'
import { mapRecord } from '../operators/map-record.js'
import { merge } from '../operators/merge.js'
import { peek } from '../operators/peek.js'
import { print } from '../operators/print.js'
import { repartition } from '../operators/repartition.js'
import { selectKey } from '../operators/select-key.js'
import { split } from '../operators/split.js'
import { to } from '../operators/to.js'
import type { Stream } from '../stream.js'
import { Arguments } from './arguments.js'
import type { Recorder } from './recorder.js'

/** One call of an operator. */
export interface OperatorCall {
  readonly recorder: Recorder
  /** Node of the stream that the operator is called on. */
  readonly input: number
  readonly args: Arguments
  /** The stream that a node puts out. */
  readonly stream: (node: number) => StreamHandle
  /** Node of another stream of the same pipeline. */
  readonly inputOf: (other: unknown) => number
}

/** Records the call; what it returns is the operator's result. */
export type RecordOperator = (call: OperatorCall) => unknown

const operators: Readonly<Record<string, RecordOperator>> = {
  filter,
  filterNot,
  map,
  mapRecord,
  flatMap,
  selectKey,
  peek,
  print,
  forEach,
  merge,
  split,
  repartition,
  to,
}

export class StreamHandle {
  readonly recorder: Recorder
  readonly node: number

  constructor(recorder: Recorder, node: number) {
    this.recorder = recorder
    this.node = node
  }
}

for (const [name, record] of Object.entries(operators)) {
  const method = function (this: StreamHandle, ...values: unknown[]): unknown {
    const { recorder, node } = this
    const args = new Arguments(name, values)
    recorder.assertOpen(args)
    return record({
      recorder,
      input: node,
      args,
      stream: (output) => new StreamHandle(recorder, output),
      inputOf: (other) => inputOf(recorder, other, args),
    })
  }
  Object.defineProperty(StreamHandle.prototype, name, { value: method })
}

function inputOf(recorder: Recorder, other: unknown, args: Arguments): number {
  if (!(other instanceof StreamHandle)) throw args.wrong(`\`${args.callee}\` needs a stream`)
  if (other.recorder === recorder) return other.node
  throw new PipelineError(
    'MR1205',
    `a stream of pipeline '${other.recorder.pipeline}' is used in pipeline '${recorder.pipeline}'`,
    { site: args.site, help: 'pipelines are applications of their own: join them by a topic' },
  )
}

/** The stream that a node puts out, as authors see it: keys and values exist for the checker only. */
export function openStream<K, V>(recorder: Recorder, node: number): Stream<K, V> {
  return new StreamHandle(recorder, node) as unknown as Stream<K, V>
}
