/** Windows: how the records of a key are cut into pieces of time. `grace` is always said: there is no right default. */
import { milliseconds, positiveMilliseconds, type Duration } from './duration.js'
import { Arguments } from './model/arguments.js'
import { emitEvery } from './emit-every.js'
import type { WindowSpec } from './model/window-spec.js'
import type { WindowKind } from './windowed.js'

declare const final: unique symbol

/**
 * `updates`: every change of a window goes on · `final`: one result for each window, when it is closed · `every`: changes of
 * one key are put together for so long by the wall clock, and the last one goes on.
 */
export type Emit = 'updates' | 'final' | { readonly every: Duration }

export interface WindowOptions<E extends Emit> {
  /** How long after its end a window still takes records that come late, in stream time. `'0s'`: not at all. */
  readonly grace: Duration
  /** Default: `updates`. Kafka Streams' `EmitStrategy`. */
  readonly emit?: E
  /**
   * What closes windows when no records come. Default: `wait`, as Kafka Streams: only records move time. `closeAfter`:
   * after so much wall-clock time without input; a record that comes later still is late.
   */
  readonly idle?: 'wait' | { readonly closeAfter: Duration }
}

/** Windows of one kind; `Final`: whether only final results go out. */
export interface Window<out W extends WindowKind, out Final extends boolean> {
  readonly kind: W
  readonly [final]: () => Final
}

type IsFinal<E> = E extends 'final' ? true : false

/** Windows as the graph sees them. */
export class DeclaredWindow {
  readonly spec: WindowSpec

  constructor(spec: WindowSpec) {
    this.spec = spec
  }

  get kind(): WindowKind {
    return this.spec.kind
  }
}

/**
 * Windows of one size, one after the other, aligned to the epoch: each record is in one (Kafka Streams' `TimeWindows`).
 *
 * @example
 * ```ts
 * orders.groupByKey().windowedBy(tumbling('1h', { grace: '10m', emit: 'final' })).count()
 * ```
 */
export function tumbling<const E extends Emit = 'updates'>(
  size: Duration,
  options: WindowOptions<E>,
): Window<'time', IsFinal<E>>
export function tumbling(...values: unknown[]): object {
  const args = new Arguments('tumbling', values)
  const size = positiveMilliseconds(args.at(0), 'the size', args)
  return new DeclaredWindow({ kind: 'time', size, advance: size, ...closing(args) })
}

/**
 * Windows of one size that begin every `advance`: each record is in size / advance of them.
 *
 * @example
 * ```ts
 * hopping('10m', { advance: '1m', grace: '30s' })
 * ```
 */
export function hopping<const E extends Emit = 'updates'>(
  size: Duration,
  options: WindowOptions<E> & { readonly advance: Duration },
): Window<'time', IsFinal<E>>
export function hopping(...values: unknown[]): object {
  const args = new Arguments('hopping', values)
  const size = positiveMilliseconds(args.at(0), 'the size', args)
  const advance = positiveMilliseconds(args.options(1)['advance'], '`advance`', args)
  if (advance > size) throw args.wrong('`advance` of `hopping` is greater than the size: records would be in no window')
  return new DeclaredWindow({ kind: 'time', size, advance, ...closing(args) })
}

/**
 * For each record, the records of at most `difference` before it (Kafka Streams' `SlidingWindows`): windows are aligned
 * to records, and hold both their ends.
 */
export function sliding<const E extends Emit = 'updates'>(
  difference: Duration,
  options: WindowOptions<E>,
): Window<'sliding', IsFinal<E>>
export function sliding(...values: unknown[]): object {
  const args = new Arguments('sliding', values)
  const difference = positiveMilliseconds(args.at(0), 'the time difference', args)
  return new DeclaredWindow({ kind: 'sliding', difference, ...closing(args) })
}

/** Windows of activity: a session of a key ends where no record of it comes for longer than `gap`. */
export function session<const E extends Emit = 'updates'>(
  gap: Duration,
  options: WindowOptions<E>,
): Window<'session', IsFinal<E>>
export function session(...values: unknown[]): object {
  const args = new Arguments('session', values)
  const gap = positiveMilliseconds(args.at(0), 'the gap', args)
  return new DeclaredWindow({ kind: 'session', gap, ...closing(args) })
}

function closing(args: Arguments): Pick<WindowSpec, 'grace' | 'emit' | 'every' | 'closeAfter'> {
  const { grace, emit = 'updates', idle = 'wait' } = args.options(1)
  if (grace === undefined) {
    throw args.wrong(`\`${args.callee}\` needs \`grace\``, "say how late records may be: { grace: '10s' }, or '0s'")
  }
  const every = emitEvery(emit, args)
  if (every === undefined && emit !== 'updates' && emit !== 'final') {
    throw args.wrong(`\`emit\` of \`${args.callee}\` is neither 'updates' nor 'final' nor { every }`)
  }
  return {
    grace: milliseconds(grace, '`grace`', args),
    emit: emit === 'final' ? emit : 'updates',
    every,
    closeAfter: closeAfter(idle, args),
  }
}

function closeAfter(idle: unknown, args: Arguments): number | undefined {
  if (idle === 'wait') return undefined
  if (typeof idle === 'object' && idle !== null && 'closeAfter' in idle) {
    return positiveMilliseconds(idle.closeAfter, '`closeAfter`', args)
  }
  throw args.wrong(`\`idle\` of \`${args.callee}\` is neither 'wait' nor { closeAfter }`)
}
