import { PipelineError } from '../errors.js'
import type { Predicate } from '../functions.js'
import type { Arguments } from '../model/arguments.js'
import type { AuthorFunction, SplitBranch } from '../model/graph.js'
import type { Handle, OperatorCall } from '../model/handle.js'
import type { OperatorOptions } from '../on-error.js'
import type { Stream } from '../stream.js'

/** Branch of a `split` for the records that no other branch takes. */
export interface Otherwise {
  readonly otherwise: true
}

/** Marks the branch of a `split` that takes the records that no other branch takes. */
export const otherwise: Otherwise = Object.freeze({ otherwise: true })

type Guard<V, R extends V> = (value: V, ...rest: never[]) => value is R

/** Streams of a `split`, by branch. A type guard narrows its branch. */
export type SplitStreams<K, V, B> = {
  readonly [N in keyof B]: B[N] extends Guard<V, infer R>
    ? Stream<K, Extract<V, R> extends never ? R : Extract<V, R>>
    : Stream<K, V>
}

export interface SplitOperator<out K, out V> {
  /**
   * Sends each record to the first branch whose predicate holds; `otherwise` takes the rest. Without `otherwise` records
   * that match nothing are dropped. Predicates are asked in the order in which they are written.
   *
   * @example
   * ```ts
   * const { big, small } = orders.split({ big: (o) => o.amount > 1000, small: otherwise })
   * ```
   */
  split<B extends Readonly<Record<string, Predicate<K, V> | Otherwise>>>(
    branches: B,
    options?: OperatorOptions,
  ): SplitStreams<K, V, B>
}

export function split({ recorder, input, args, stream }: OperatorCall): unknown {
  const branches = splitBranches(args)
  const node = recorder.add({ kind: 'split', input, branches }, args, args.options(1))
  const streams: Record<string, Handle> = {}
  for (const { name } of branches) {
    streams[name] = stream(recorder.add({ kind: 'branch', input: node, branch: name }, args))
  }
  return streams
}

function splitBranches(args: Arguments): readonly SplitBranch[] {
  const { site } = args
  const written = Object.entries(args.options(0))
  if (written.length === 0) throw new PipelineError('MR1208', '`split` has no branches', { site })
  const branches = written.map(([name, value]): SplitBranch => ({
    name,
    predicate: branchPredicate(args, name, value),
  }))
  const [, second] = branches.filter((branch) => branch.predicate === undefined)
  if (second !== undefined) {
    throw new PipelineError('MR1208', `branch '${second.name}' is a second \`otherwise\``, { site })
  }
  // It takes the rest wherever it is written.
  return branches.toSorted((a, b) => Number(a.predicate === undefined) - Number(b.predicate === undefined))
}

function branchPredicate(args: Arguments, name: string, value: unknown): AuthorFunction | undefined {
  const { site } = args
  // JavaScript moves keys that look like array indices to the front: the order would not be the one that was written.
  if (/^(0|[1-9]\d*)$/.test(name) || name === '' || name === '__proto__') {
    throw new PipelineError('MR1208', `'${name}' cannot name a branch of \`split\``, {
      site,
      help: 'begin the name with a letter',
    })
  }
  if (value === otherwise) return undefined
  const predicate = args.optionalFunction(value, `branch '${name}'`)
  if (predicate === undefined) throw new PipelineError('MR1208', `branch '${name}' has no predicate`, { site })
  return predicate
}
