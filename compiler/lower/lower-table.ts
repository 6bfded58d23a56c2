/** Operators of tables: each change of a row goes along with what the row was before, where somebody looks at it. */
import type { LambdaId, LogicalNodeOf } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, helper, letStatement, literal, local, member, not, statement, object } from '../ir/mir-build.js'
import { isStored, keepsWhatWas, looksBack, losesVersions, needsOldRows, staysSilent } from '../ir/rows.js'
import { lifetimeOf } from '../ir/lifetime.js'
import { lowerExpired, lowerTouched } from './lower-lifetime.js'
import { keyAndValue } from './key-and-value.js'
import type { Flow, LoweringContext, OperatorContext } from './flow.js'
import { and, ask, isThere, nameOf, or, orElse, orNull, rowOrNull, seek, timeOf } from './rows.js'

/** `table-source`, `global-table` and `to-table`: the newest value of each key; records without a key are dropped. */
export function lowerNewestRows(
  context: OperatorContext<LogicalNodeOf<'table-source' | 'global-table' | 'to-table'>>,
  flow: Flow,
  out: MirStatement[],
): void {
  const { builder, program, node } = context
  const { nodes } = program.plan
  const then: MirStatement[] = []
  const value = builder.atom(flow.value.kind === 'input' ? flow.value : orElse(flow.value, null), nameOf(node), then)
  if (node.kind === 'table-source' && node.history !== undefined) {
    lowerVersion({ ...context, node }, { ...flow, value }, then)
    out.push(statement({ kind: 'if', test: isThere(flow.key), then, otherwise: [] }, node.span))
    return
  }
  let before: MirExpression | undefined
  if (node.kind === 'global-table' || isStored(nodes, node)) {
    const place = { operator: node.id, port: 0 } as const
    const rowType = program.plan.edges.get(node.id)?.value
    if (lifetimeOf(node) !== undefined) {
      const forget = (row: Flow, inner: MirStatement[]): MirExpression | undefined => {
        inner.push(seek(context, place, row))
        const was = needsOldRows(nodes, node.id)
          ? builder.atom(rowOrNull(context, place, rowType), 'before', inner)
          : undefined
        inner.push(statement({ kind: 'expression', value: ask(place, 'set', [literal(null), timeOf(row)]) }))
        return was
      }
      lowerExpired(context, flow, forget, then)
      lowerTouched(context, flow, then)
    }
    then.push(seek(context, place, flow))
    if (needsOldRows(nodes, node.id)) {
      before = builder.atom(rowOrNull(context, place, rowType), 'before', then)
    }
    then.push(statement({ kind: 'expression', value: ask(place, 'set', [value, timeOf(flow)]) }, node.span))
  }
  // Rows of a global table are looked up; its records go nowhere.
  if (node.kind !== 'global-table') context.forward({ ...flow, value, before }, then)
  out.push(statement({ kind: 'if', test: isThere(flow.key), then, otherwise: [] }, node.span))
}

/** What is older than the history is dropped; a version that comes late goes on, too, as one that is not the newest. */
function lowerVersion(context: OperatorContext<LogicalNodeOf<'table-source'>>, flow: Flow, out: MirStatement[]): void {
  const { builder, node, program } = context
  const place = { operator: node.id, port: 0 } as const
  const then: MirStatement[] = []
  out.push(seek(context, place, flow))
  const before = needsOldRows(program.plan.nodes, node.id)
    ? builder.atom(rowOrNull(context, place, program.plan.edges.get(node.id)?.value), 'before', then)
    : undefined
  const isNewest = builder.atom(ask(place, 'put', [flow.value, timeOf(flow)], { kind: 'boolean' }), 'isNewest', then)
  context.forward({ ...flow, before, isNewest }, then)
  out.push(statement({ kind: 'if', test: ask(place, 'accepts', [timeOf(flow)]), then, otherwise: [] }, node.span))
}

export function lowerTableFilter(
  context: OperatorContext<LogicalNodeOf<'table-filter'>>,
  flow: Flow,
  out: MirStatement[],
): void {
  const { node } = context
  const { nodes } = context.program.plan
  const pass = (value: MirExpression, name: string): MirExpression =>
    eachRow(context, value, name, out, (there, inner) => {
      const holds = context.call(node.predicate, [there], inner)
      const passes = node.negated ? not(holds) : holds
      return expression(
        { kind: 'conditional', test: passes, then: there, otherwise: literal(null) },
        { type: orNull(there.type), span: node.span },
      )
    })
  const value = pass(flow.value, nameOf(node))
  const silent = staysSilent(nodes, node)
  const before = rowBefore(context, flow, value, (row) => pass(row, 'before'), out)
  const then: MirStatement[] = []
  context.forward({ ...rowOf(context, flow), value, before }, then)
  if (!silent || before === undefined) out.push(...then)
  else out.push(statement({ kind: 'if', test: or(isThere(value), isThere(before)), then, otherwise: [] }, node.span))
}

export function lowerTableMap(
  context: OperatorContext<LogicalNodeOf<'table-map'>>,
  flow: Flow,
  out: MirStatement[],
): void {
  const { node } = context
  const map = (value: MirExpression, name: string): MirExpression =>
    eachRow(context, value, name, out, (there, inner) => orElse(context.call(node.mapper, [there], inner), null))
  const value = map(flow.value, nameOf(node))
  const before = rowBefore(context, flow, value, (row) => map(row, 'before'), out)
  context.forward({ ...rowOf(context, flow), value, before }, out)
}

/** What a row was: what the operator's own rows say, which get the new one, else what comes of the row before it. */
function rowBefore(
  context: OperatorContext<LogicalNodeOf<'table-filter' | 'table-map'>>,
  flow: Flow,
  value: MirExpression,
  of: (row: MirExpression) => MirExpression,
  out: MirStatement[],
): MirExpression | undefined {
  const { builder, node, program } = context
  const { nodes, edges } = program.plan
  if (!looksBack(nodes, node)) return undefined
  if (!keepsWhatWas(nodes, node)) return flow.before && of(flow.before)
  const place = { operator: node.id, port: 0 } as const
  out.push(seek(context, place, flow))
  const before = builder.atom(rowOrNull(context, place, edges.get(node.id)?.value), 'before', out)
  out.push(statement({ kind: 'expression', value: ask(place, 'set', [value, timeOf(flow)]) }, node.span))
  return before
}

/** With a name, a row has the time of its record, and there is one of each key. */
function rowOf({ program, node }: OperatorContext<LogicalNodeOf<'table-filter' | 'table-map'>>, flow: Flow): Flow {
  if (node.name === undefined) return flow
  const isNewest = losesVersions(program.plan.nodes, node) ? undefined : flow.isNewest
  return { ...flow, rowTime: undefined, isNewest }
}

/** null stays null; else what `make` gives. */
function eachRow(
  { builder }: LoweringContext,
  value: MirExpression,
  name: string,
  out: MirStatement[],
  make: (there: MirExpression, inner: MirStatement[]) => MirExpression,
): MirExpression {
  const result = builder.local(name, true)
  const then: MirStatement[] = []
  const made = make(value, then)
  then.push(statement({ kind: 'assign', local: result, value: made }))
  out.push(letStatement(result, literal(null)))
  out.push(statement({ kind: 'if', test: isThere(value), then, otherwise: [] }))
  return builder.atom(local(result, orNull(made.type)), name, out)
}

/** A row that stays in its group is one update of it; one that moves leaves its old group first. */
export function lowerGroupTable(
  context: OperatorContext<LogicalNodeOf<'group-table'>>,
  flow: Flow,
  out: MirStatement[],
): void {
  const { node } = context
  const from = place(context, node.selector, flow.before ?? literal(null), out)
  const to = place(context, node.selector, flow.value, out)
  const change = (key: MirExpression, now: MirExpression, before: MirExpression): MirStatement =>
    context.send('repartition', { key, value: object({ now, before }), before: undefined, timestamp: flow.timestamp })
  const nothing = literal(null)
  const stays = helper('sameValue', [from.key, to.key], { type: { kind: 'boolean' }, span: node.span })
  const whole = [change(to.key, to.value, from.value)]
  const moved = [
    statement({ kind: 'if', test: isThere(from.key), then: [change(from.key, nothing, from.value)], otherwise: [] }),
    statement({ kind: 'if', test: isThere(to.key), then: [change(to.key, to.value, nothing)], otherwise: [] }),
  ]
  out.push(statement({ kind: 'enter', operator: node.id, count: false }))
  out.push(statement({ kind: 'if', test: and(isThere(from.key), stays), then: whole, otherwise: moved }, node.span))
}

interface Placed {
  readonly key: MirExpression
  readonly value: MirExpression
}

/** Group and value of a row; null where there is no row, or it belongs to no group. */
function place(
  context: OperatorContext<LogicalNodeOf<'group-table'>>,
  selector: LambdaId,
  row: MirExpression,
  out: MirStatement[],
): Placed {
  const { builder } = context
  const key = builder.local('group', true)
  const value = builder.local('member', true)
  const then: MirStatement[] = []
  const placed = builder.atom(keyAndValue(context.call(selector, [row], then)), 'placed', then)
  then.push(statement({ kind: 'assign', local: key, value: orElse(member(placed, 'key'), null) }))
  then.push(statement({ kind: 'assign', local: value, value: orElse(member(placed, 'value'), null) }))
  out.push(letStatement(key, literal(null)), letStatement(value, literal(null)))
  out.push(statement({ kind: 'if', test: isThere(row), then, otherwise: [] }))
  return { key: builder.atom(local(key), 'group', out), value: builder.atom(local(value), 'member', out) }
}
