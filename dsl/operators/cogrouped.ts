import { addAggregate } from '../add-aggregate.js'
/** What a cogroup becomes: with another input, in windows, aggregated. */
import { DeclaredWindow } from '../windows.js'
import type { OperatorCall } from '../model/handle.js'

/** The cogroup before stays as it was: a new one has one input more. */
export function addToCogroup({ recorder, input, args, open, inputOf }: OperatorCall): unknown {
  const before = recorder.node(input)
  if (before.kind !== 'cogroup') throw args.wrong('`add` is called on what is no cogroup')
  const inputs = [...before.inputs, inputOf(args.at(0), 'grouped stream')]
  const adds = [...before.adds, args.function(1, 'what adds a value')]
  return open('cogrouped stream', recorder.add({ kind: 'cogroup', inputs, initial: before.initial, adds }, args))
}

export function windowCogroup({ recorder, input, args, open }: OperatorCall): unknown {
  const window = args.at(0)
  if (!(window instanceof DeclaredWindow))
    throw args.wrong('`windowedBy` needs a window', 'use tumbling(…), hopping(…)…')
  return open('windowed cogrouped stream', recorder.add({ kind: 'window', input, window: window.spec }, args))
}

export function aggregateCogroup(call: OperatorCall): unknown {
  const { args } = call
  const options = args.options(0)
  const merge = args.optionalFunction(options['merge'], '`merge`')
  return addAggregate(call, { kind: 'cogroup', merge }, options)
}
