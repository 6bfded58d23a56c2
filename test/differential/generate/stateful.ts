/** Random operators with state: groups and what is computed of them, tables, joins with them. */
import type { MakeOperator } from './operator.js'
import type { GeneratedStream, PlanBuilder } from './plan.js'
import { DOUBLE, STRING, type ValueKind } from './value-kind.js'

const NULLABLE_DOUBLE: ValueKind = { kind: 'nullable', inner: DOUBLE }

/** A group of numbers: how they add up depends on every record and its order. */
const aggregate: MakeOperator = (builder, stream) => {
  const { choose } = builder
  const grouped = `${stream.name}.${groups(builder, stream)}`
  const next = { key: STRING, value: DOUBLE, subject: undefined }
  switch (choose.below(4)) {
    case 0:
      builder.declare('counted', `${grouped}.count().toStream()`, next)
      return
    case 1: {
      const sum = `(acc, v, ctx) => acc * 0.5 + ${builder.expression(stream, DOUBLE, 'v')}`
      builder.declare('folded', `${grouped}.aggregate(() => 1, ${sum}${builder.errorOption()}).toStream()`, next)
      return
    }
    case 2: {
      const window = choose.pick(["tumbling('2s', { grace: '1s' })", "hopping('4s', { advance: '2s', grace: '0s' })"])
      const emit = choose.pick(['', ", emit: 'final'"])
      const windowed = `${grouped}.windowedBy(${window.replace(' })', `${emit} })`)}).count().toStream()`
      const key = "(v, { key }) => [key.key, key.start, key.end].join('@')"
      builder.declare('windowed', `${windowed}.selectKey(${key})`, next)
      return
    }
    default: {
      const numbers = builder.lambda(stream, (expressions) => expressions.number(2))
      const reduced = `${stream.name}.map(${numbers}).groupByKey().reduce((a, b) => a - b / 2).toStream()`
      builder.declare('reduced', reduced, { ...next, value: NULLABLE_DOUBLE })
    }
  }
}

/** A table of what its stream had last, its rows in other groups, or beside those of a stream. */
const table: MakeOperator = (builder, stream) => {
  const { choose } = builder
  const numbers = builder.lambda(stream, (expressions) => expressions.number(2))
  const rows = `${stream.name}.map(${numbers}).toTable()`
  switch (choose.below(4)) {
    case 0: {
      const filtered = `${rows}.filter((n) => n > ${choose.below(3)}).map((n) => n * 2).toStream()`
      builder.declare('rows', filtered, { key: STRING, value: NULLABLE_DOUBLE, subject: undefined })
      return
    }
    case 1: {
      const grouped = `${rows}.groupBy((n, { key }) => ({ key: \`\${Math.trunc(n) % 3}\`, value: n + key.length }))`
      const method = choose.pick(['count()', 'reduce((a, b) => a + b, (a, b) => a - b)'])
      const next = { key: STRING, value: NULLABLE_DOUBLE, subject: undefined }
      builder.declare('moved', `${grouped}.${method}.toStream()`, next)
      return
    }
    case 2: {
      const other = choose.pick(builder.streams)
      const method = choose.pick(['join', 'leftJoin'])
      const joiner = `(v, n, ctx) => (n ?? 0) + ${builder.expression(other, DOUBLE, 'v')}`
      const joined = `${keyed(other)}.${method}(${rows}, ${joiner}${builder.errorOption()})`
      builder.declare('joined', joined, { key: STRING, value: DOUBLE, subject: undefined })
      return
    }
    default: {
      const other = choose.pick(builder.streams)
      const others = `${other.name}.map(${builder.lambda(other, (e) => e.number(1))}).toTable()`
      const method = choose.pick(['join', 'leftJoin', 'outerJoin'])
      const joined = `${rows}.${method}(${others}, (a, b) => (a ?? 1) - (b ?? 2)).toStream()`
      builder.declare('paired', joined, { key: STRING, value: NULLABLE_DOUBLE, subject: undefined })
    }
  }
}

function groups(builder: PlanBuilder, stream: GeneratedStream): string {
  if (builder.choose.oneIn(2)) return 'groupByKey()'
  return `groupBy(${builder.lambda(stream, (expressions) => expressions.string(2))})`
}

/** Tables have no null keys; neither have the streams that meet them here. */
function keyed(stream: GeneratedStream): string {
  if (stream.key.kind !== 'nullable') return stream.name
  return `${stream.name}.selectKey((_, { key }) => key ?? 'none')`
}

export const STATEFUL: readonly MakeOperator[] = [aggregate, table]
