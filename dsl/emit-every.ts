/** `emit: { every }`: changes of one key are put together for a time of the wall clock, and the last one goes on. */
import { positiveMilliseconds } from './duration.js'
import type { Arguments } from './model/arguments.js'
import type { GraphNode } from './model/graph.js'
import type { Recorder } from './model/recorder.js'

/** ms; undefined: it says nothing of that kind. */
export function emitEvery(emit: unknown, args: Arguments): number | undefined {
  if (typeof emit !== 'object' || emit === null || !('every' in emit)) return undefined
  return positiveMilliseconds(emit.every, '`every`', args)
}

/** The table of an aggregate, or the one that holds its changes back. */
export function emitted(
  recorder: Recorder,
  aggregate: number,
  groups: GraphNode,
  options: Readonly<Record<string, unknown>>,
  args: Arguments,
): number {
  const { emit, name } = options
  const every = groups.kind === 'window' ? groups.window.every : emitEvery(emit, args)
  if (groups.kind === 'window' ? emit !== undefined : emit !== undefined && every === undefined) {
    throw args.wrong(`\`emit\` of \`${args.callee}\` is not { every }`, 'windows say themselves what they emit')
  }
  if (every === undefined) return aggregate
  const held = typeof name === 'string' ? { name: `${name}-held` } : {}
  return recorder.add(
    { kind: 'suppress', input: aggregate, until: every, clock: 'wall', maxRecords: undefined, onFull: 'emit-early' },
    args,
    held,
  )
}
