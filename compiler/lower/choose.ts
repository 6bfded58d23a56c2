/** One of two values, each with the statements that it needs. */
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, letStatement, local, statement } from '../ir/mir-build.js'
import type { ValueType } from '../ir/value-type.js'
import type { FunctionBuilder } from './function-builder.js'

export interface Choice {
  /** Of the variable, where one is needed. */
  readonly name: string
  readonly type: ValueType | undefined
  readonly test: MirExpression
  then(out: MirStatement[]): MirExpression
  otherwise(out: MirStatement[]): MirExpression
}

/** What is known when the code is written is not tested. */
export function choose(builder: FunctionBuilder, choice: Choice, out: MirStatement[]): MirExpression {
  const { name, type, test } = choice
  if (test.kind === 'literal') return test.value === true ? choice.then(out) : choice.otherwise(out)
  const then: MirStatement[] = []
  const otherwise: MirStatement[] = []
  const [yes, no] = [choice.then(then), choice.otherwise(otherwise)]
  const isShort = then.length === 0 && otherwise.length === 0 && yes.kind !== 'object' && no.kind !== 'object'
  if (isShort) return expression({ kind: 'conditional', test, then: yes, otherwise: no }, { type, span: undefined })
  const chosen = builder.local(name, true)
  const assign = (value: MirExpression): MirStatement => statement({ kind: 'assign', local: chosen, value })
  out.push(letStatement(chosen, undefined))
  out.push(statement({ kind: 'if', test, then: [...then, assign(yes)], otherwise: [...otherwise, assign(no)] }))
  return local(chosen, type)
}
