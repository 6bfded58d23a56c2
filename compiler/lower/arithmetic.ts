import type { BinaryOperator } from '../ir/lambda.js'
import type { MirExpression } from '../ir/mir.js'
import { expression } from '../ir/mir-build.js'
import type { ValueType } from '../ir/value-type.js'

export const number: ValueType = { kind: 'number', brand: undefined }

export function plus(left: MirExpression, right: MirExpression): MirExpression {
  return numeric('+', left, right)
}

export function numeric(operator: BinaryOperator, left: MirExpression, right: MirExpression): MirExpression {
  return expression({ kind: 'binary', operator, left, right }, { type: number, span: undefined })
}
