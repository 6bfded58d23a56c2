/** `{ total: sum(…), n: count() }` as the graph holds it. */
import { DeclaredAggregator } from './aggregators.js'
import type { DeclaredField } from './model/aggregation.js'
import type { Arguments } from './model/arguments.js'

export function declaredFields(args: Arguments): readonly DeclaredField[] {
  const written = Object.entries(args.options(0))
  if (written.length === 0) throw args.wrong(`\`${args.callee}\` has no aggregators`)
  return written.map(([name, value]) => {
    if (value instanceof DeclaredAggregator) return { name, aggregator: value.spec }
    throw args.wrong(`'${name}' of \`${args.callee}\` is no aggregator`, 'use count(), sum(), avg(), topK()…')
  })
}
