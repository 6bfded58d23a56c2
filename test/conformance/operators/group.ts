import type { CaseOperator } from '../case-format.js'
import { isOptional } from '../case-types.js'
import { functionOf, inputOf } from './fields.js'
import type { OperatorTranslator } from './index.js'
import { recordText } from './map.js'

export const groupByKey: OperatorTranslator = (operator, scope) =>
  `const ${scope.name(operator.id)} = ${scope.name(inputOf(operator))}.groupByKey()`

/** Of a stream by a key; of a table by a key and a value. */
export const groupBy: OperatorTranslator = (operator, scope) => {
  const [id, input] = [scope.name(operator.id), inputOf(operator)]
  if (operator['value'] !== undefined) {
    return `const ${id} = ${scope.name(input)}.groupBy(${recordText(operator, scope)})`
  }
  const key = functionOf(operator, 'key')
  const lambda = scope.recordLambda(input, key)
  // `groupBy` takes no key that may be null; records without a key are dropped all the same.
  return isOptional(scope.recordExpression(input, key).type)
    ? `const ${id} = ${scope.name(input)}.selectKey(${lambda}).groupByKey()`
    : `const ${id} = ${scope.name(input)}.groupBy(${lambda})`
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

/** `{ name: 'store' }` of operators with a store. */
export function nameOption(operator: CaseOperator): string | undefined {
  const store = operator['store']
  return typeof store === 'string' ? `name: '${store}'` : undefined
}

/** Nothing, or an object of those options that are there, as last arguments. */
export function options(...members: readonly (string | undefined)[]): string {
  const there = members.filter((member) => member !== undefined)
  return there.length === 0 ? '' : `, { ${there.join(', ')} }`
}
