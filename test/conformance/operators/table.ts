import { functionOf, inputOf } from './fields.js'
import { keyOption, nameOption, options } from './options.js'
import type { OperatorTranslator } from './index.js'

export const toTable: OperatorTranslator = (operator, scope) =>
  `const ${scope.name(operator.id)} = ${scope.name(inputOf(operator))}.toTable(${options(nameOption(operator)).slice(2)})`

export const toStream: OperatorTranslator = (operator, scope) => {
  const stream = `const ${scope.name(operator.id)} = ${scope.name(inputOf(operator))}.toStream()`
  if (operator['key'] === undefined) return stream
  const lambda = scope.changeLambda(inputOf(operator), functionOf(operator, 'key'))
  return `${stream}.selectKey(${lambda}${options(keyOption(operator, scope))})`
}

export const suppress: OperatorTranslator = (operator, scope) => {
  const { until, waitMs, maxRecords, onFull } = operator as unknown as {
    readonly until: 'windowCloses' | 'timeLimit'
    readonly waitMs?: number
    readonly maxRecords?: number
    readonly onFull?: 'emitEarly' | 'shutDown'
  }
  const members = options(
    `until: '${until === 'windowCloses' ? until : `${waitMs ?? 0}ms`}'`,
    maxRecords === undefined ? undefined : `maxRecords: ${maxRecords}`,
    onFull === 'shutDown' ? "onFull: 'fail'" : undefined,
  )
  return `const ${scope.name(operator.id)} = ${scope.name(inputOf(operator))}.suppress(${members.slice(2)})`
}
