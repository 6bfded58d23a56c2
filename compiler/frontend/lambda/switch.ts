/** `switch` as a chain of `if`s, where no clause falls through into the next. */
import { ts } from 'ts-morph'
import type { Expression, Statement } from '../../ir/lambda.js'
import type { Frame } from './frame.js'
import { NotUnderstood } from './not-understood.js'
import { named } from './patterns.js'

interface Clause {
  readonly tests: readonly ts.Expression[]
  readonly isDefault: boolean
  readonly body: readonly ts.Statement[]
}

export function lowerSwitch(frame: Frame, node: ts.SwitchStatement, out: Statement[]): void {
  const { span } = frame.base(node)
  const subject = named(frame, frame.expression(node.expression), out)
  const clauses = groupClauses(node)
  const rest = clauses.find((clause) => clause.isDefault)
  const chain = clauses
    .filter((clause) => !clause.isDefault)
    .map((clause) => ({ test: anyOf(frame, subject, clause.tests), body: frame.statements(clause.body) }))
  let otherwise: readonly Statement[] = rest === undefined ? [] : frame.statements(rest.body)
  for (const { test, body } of chain.reverse()) otherwise = [{ kind: 'if', test, then: body, otherwise, span }]
  out.push(...otherwise)
}

/** `case A: case B: …` share what follows them. */
function groupClauses(node: ts.SwitchStatement): readonly Clause[] {
  const clauses: Clause[] = []
  let tests: ts.Expression[] = []
  let isDefault = false
  const { clauses: all } = node.caseBlock
  for (const [index, clause] of all.entries()) {
    if (ts.isCaseClause(clause)) tests.push(clause.expression)
    else isDefault = true
    const isLast = index === all.length - 1
    if (clause.statements.length === 0 && !isLast) continue
    clauses.push({ tests, isDefault, body: clauseBody(clause, isLast) })
    tests = []
    isDefault = false
  }
  return clauses
}

function clauseBody(clause: ts.CaseOrDefaultClause, isLast: boolean): readonly ts.Statement[] {
  const [only] = clause.statements
  const statements =
    clause.statements.length === 1 && only !== undefined && ts.isBlock(only) ? only.statements : clause.statements
  const last = statements.at(-1)
  const breaks = last !== undefined && ts.isBreakStatement(last)
  const ends = breaks || (last !== undefined && (ts.isReturnStatement(last) || ts.isThrowStatement(last)))
  if (!ends && !isLast) throw new NotUnderstood('a `case` that may fall through', clause)
  const body = breaks ? statements.slice(0, -1) : [...statements]
  body.forEach(refuseBreak)
  return body
}

/** A `break` in the middle would leave the switch. */
function refuseBreak(node: ts.Node): void {
  if (ts.isBreakStatement(node)) throw new NotUnderstood('`break` inside a `case`', node)
  if (ts.isIterationStatement(node, false) || ts.isFunctionLike(node)) return
  ts.forEachChild(node, refuseBreak)
}

function anyOf(frame: Frame, subject: Expression, tests: readonly ts.Expression[]): Expression {
  const compared = tests.map((test): Expression => {
    const right = frame.expression(test)
    return { kind: 'binary', operator: '===', left: subject, right, type: { kind: 'boolean' }, span: right.span }
  })
  return compared.reduce((left, right): Expression => {
    return { kind: 'logical', operator: '||', left, right, type: { kind: 'boolean' }, span: left.span }
  })
}
