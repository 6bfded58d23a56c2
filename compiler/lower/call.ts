import type { Lambda } from '../ir/lambda.js'
import type { LambdaId } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { helper } from '../ir/mir-build.js'
import type { Flow, LoweringContext } from './flow.js'
import { inlineLambda } from './inline-lambda.js'

/** The result of an operator's lambda; whatever might be a promise is checked when it is there (rule 4). */
export function call(context: LoweringContext, id: LambdaId, flow: Flow, out: MirStatement[]): MirExpression {
  return callWith(context, id, [flow.value], flow, out)
}

export function callWith(
  context: LoweringContext,
  id: LambdaId,
  args: readonly MirExpression[],
  flow: Flow,
  out: MirStatement[],
): MirExpression {
  const lambda = context.program.lambda(id)
  const result = inlineLambda(context.program, context.builder, lambda, args, flow, out)
  return mayBePromise(lambda, result)
    ? helper('settled', [result], { type: lambda.returns, span: result.span })
    : result
}

function mayBePromise(lambda: Lambda, result: MirExpression): boolean {
  if (result.kind === 'object') return result.members.some((item) => item.kind !== 'property' || item.name === 'then')
  if (lambda.opaque !== undefined) return true
  const { returns } = lambda
  const types = returns.kind === 'union' ? returns.types : [returns]
  return types.some((type) => type.kind === 'opaque') && result.kind !== 'array'
}
