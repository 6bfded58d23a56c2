/**
 * What operators are called on, as the builder holds it: a node of the graph. The public interfaces (`Stream`, `Table`,
 * `GroupedStream`…) type the recording functions of dsl/operators, which become methods here.
 */
import { PipelineError } from '../errors.js'
import { Arguments } from './arguments.js'
import type { Recorder } from './recorder.js'

export type HandleKind =
  | 'stream'
  | 'table'
  | 'global table'
  | 'grouped stream'
  | 'grouped table'
  | 'windowed stream'
  | 'cogrouped stream'
  | 'windowed cogrouped stream'

export abstract class Handle {
  abstract readonly kind: HandleKind

  constructor(
    readonly recorder: Recorder,
    readonly node: number,
  ) {}
}

/** One call of an operator. */
export interface OperatorCall {
  readonly recorder: Recorder
  /** Node that the operator is called on. */
  readonly input: number
  readonly args: Arguments
  /** What the author gets for a node. */
  readonly open: (kind: HandleKind, node: number) => Handle
  /** The stream that a node puts out. */
  readonly stream: (node: number) => Handle
  readonly table: (node: number) => Handle
  /** Node of another stream (table, …) of the same pipeline. */
  readonly inputOf: (other: unknown, ...kinds: readonly HandleKind[]) => number
  /** Which of them the other one is. */
  readonly kindOf: (other: unknown) => HandleKind | undefined
}

/** Records the call; what it returns is the operator's result. */
export type RecordOperator = (call: OperatorCall) => unknown

/** Adds operators to a class of handles. `open` is late bound: handles of all kinds make one another. */
export function defineOperators(
  prototype: Handle,
  operators: Readonly<Record<string, RecordOperator>>,
  open: (recorder: Recorder, kind: HandleKind, node: number) => Handle,
): void {
  for (const [name, record] of Object.entries(operators)) {
    const method = function (this: Handle, ...values: unknown[]): unknown {
      const { recorder, node } = this
      const args = new Arguments(name, values)
      recorder.assertOpen(args)
      return record({
        recorder,
        input: node,
        args,
        open: (kind, output) => open(recorder, kind, output),
        stream: (output) => open(recorder, 'stream', output),
        table: (output) => open(recorder, 'table', output),
        inputOf: (other, ...kinds) => inputOf(recorder, other, kinds, args),
        kindOf: (other) => (other instanceof Handle ? other.kind : undefined),
      })
    }
    Object.defineProperty(prototype, name, { value: method })
  }
}

function inputOf(recorder: Recorder, other: unknown, kinds: readonly HandleKind[], args: Arguments): number {
  if (!(other instanceof Handle) || !kinds.includes(other.kind)) {
    throw args.wrong(`\`${args.callee}\` needs a ${kinds.join(' or a ')}`)
  }
  if (other.recorder === recorder) return other.node
  throw new PipelineError(
    'MR1205',
    `a ${other.kind} of pipeline '${other.recorder.pipeline}' is used in pipeline '${recorder.pipeline}'`,
    { site: args.site, help: 'pipelines are applications of their own: join them by a topic' },
  )
}
