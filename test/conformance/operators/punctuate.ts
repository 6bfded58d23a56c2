import { serdeText, withoutNull } from '../case-types.js'
import { inputOf } from './fields.js'
import type { OperatorTranslator } from './index.js'

/** Name of the store in the processor. */
export const PUNCTUATE_ROWS = 'rows'

/** The latest value of each key goes on at each punctuation, in order of the serialized keys. */
export const punctuate: OperatorTranslator = (operator, scope) => {
  const input = inputOf(operator)
  const { key, value } = scope.types(input)
  const name = scope.name(operator.id)
  // Kafka Streams' processors take records where they are.
  const named = typeof operator['store'] === 'string' ? `name: '${operator['store']}', ` : ''
  const options = `, { ${named}repartition: false }`
  const keySerde = serdeText(withoutNull(key), scope.long)
  const rows = `${PUNCTUATE_ROWS}: keyValueStore({ key: ${keySerde}, value: ${serdeText(withoutNull(value), scope.long)} })`
  const lines = [
    `const ${name} = ${scope.name(input)}.process({`,
    `  stores: { ${rows} },`,
    `  process(value, ctx, { stores }) {`,
    `    if (ctx.key !== null && value !== null) stores.rows.set(ctx.key, value)`,
    `  },`,
    `  punctuate: {`,
    `    every: '${String(operator['intervalMs'])}ms',`,
    `    clock: '${String(operator['clock'])}',`,
    `    *run(_, { stores }) {`,
    `      for (const [key, value] of stores.rows.entries()) {`,
    `        stores.rows.delete(key)`,
    `        yield { key, value }`,
    `      }`,
    `    },`,
    `  },`,
    `}${options})`,
  ]
  return lines.join('\n  ')
}
