import { isOptional, serdeText, withoutNull } from '../case-types.js'
import { functionOf, inputOf } from './fields.js'
import { options } from './options.js'
import type { OperatorTranslator } from './index.js'
import { recordText } from './map.js'

export const groupByKey: OperatorTranslator = (operator, scope) =>
  `const ${scope.name(operator.id)} = ${scope.name(inputOf(operator))}.groupByKey()`

/** Of a stream by a key; of a table by a key and a value. */
export const groupBy: OperatorTranslator = (operator, scope) => {
  const lambda =
    operator['value'] === undefined
      ? scope.recordLambda(inputOf(operator), functionOf(operator, 'key'))
      : recordText(operator, scope)
  const input = scope.name(inputOf(operator))
  const { type } = scope.recordExpression(inputOf(operator), functionOf(operator, 'key'))
  // A key that may be null is no key to group by, says the type; of a stream with such keys it is said that they are left out.
  const isNullable = operator['value'] === undefined && isOptional(type)
  const key = options(`key: ${serdeText(isNullable ? type : withoutNull(type), scope.long)}`)
  const grouped = isNullable ? `selectKey(${lambda}${key}).groupByKey()` : `groupBy(${lambda}${key})`
  return `const ${scope.name(operator.id)} = ${input}.${grouped}`
}

interface CaseWindow {
  readonly type: 'tumbling' | 'hopping' | 'sliding' | 'session'
  readonly sizeMs?: number
  readonly advanceMs?: number
  readonly graceMs: number
  readonly timeDifferenceMs?: number
  readonly gapMs?: number
}

export const windowedBy: OperatorTranslator = (operator, scope) => {
  const final = operator['emit'] === 'onWindowClose'
  const window = windowText(operator['window'] as CaseWindow, final)
  return `const ${scope.name(operator.id)} = ${scope.name(inputOf(operator))}.windowedBy(${window})`
}

export function windowText(window: CaseWindow, final: boolean): string {
  const { type, sizeMs, advanceMs, graceMs, timeDifferenceMs, gapMs } = window
  const length = sizeMs ?? timeDifferenceMs ?? gapMs ?? 0
  const advance = advanceMs === undefined || type !== 'hopping' ? '' : `advance: '${advanceMs}ms', `
  return `${type}('${length}ms', { ${advance}grace: '${graceMs}ms'${final ? ", emit: 'final'" : ''} })`
}
