/** Results of custom aggregators as functions of their own: streams have them in place, stores are read without. */
import type { MirResult } from '../ir/mir.js'
import { storeName } from '../ir/store-name.js'
import type { ProgramBuilder } from './program-builder.js'

export function resultFunctions(program: ProgramBuilder): { readonly results?: readonly MirResult[] } {
  const { nodes, bodies } = program.plan
  const results = nodes.flatMap((node) => {
    if (node.kind !== 'aggregate' || node.aggregation.kind !== 'declared') return []
    return node.aggregation.fields.flatMap(({ name, aggregator }): MirResult[] => {
      const lambda =
        aggregator.kind === 'custom' && aggregator.result !== undefined ? bodies.get(aggregator.result) : undefined
      return lambda === undefined ? [] : [{ store: storeName(node, 0), field: name, opaque: program.opaque(lambda) }]
    })
  })
  return results.length === 0 ? {} : { results }
}
