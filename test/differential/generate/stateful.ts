/** Random operators with state: groups and what is computed of them, tables, joins with them. */
import { groups, keyed } from './groups.js'
import { foreignKeyJoin, streamJoin, tableOfTopic } from './joins.js'
import type { MakeOperator } from './operator.js'
import type { PlanBuilder } from './plan.js'
import { DOUBLE, NULLABLE_DOUBLE, STRING } from './value-kind.js'
import { cogroup, EVERY, late, windowed } from './windows.js'

/** A group of numbers: how they add up depends on every record and its order. */
const aggregate: MakeOperator = (builder, stream) => {
  const { choose } = builder
  const grouped = `${stream.name}.${groups(builder, stream)}`
  const next = { key: STRING, value: NULLABLE_DOUBLE, subject: undefined }
  switch (choose.below(3)) {
    case 0: {
      const options = [...lasting(builder), ...emitting(builder)]
      builder.declare('counted', `${grouped}.count(${optionsText(options)}).toStream()`, next)
      return
    }
    case 1: {
      const sum = `(acc, v, ctx) => acc * 0.5 + ${builder.expression(stream, DOUBLE, 'v')}`
      const options = [...lasting(builder), ...emitting(builder), ...builder.errorOptions()]
      const folded = `${grouped}.aggregate(() => 1, ${sum}, ${optionsText(options)}).toStream()`
      builder.declare('folded', folded, next)
      return
    }
    default: {
      const numbers = builder.lambda(stream, (expressions) => expressions.number(2))
      const reduced = `${stream.name}.map(${numbers}).groupByKey().reduce((a, b) => a - b / 2, ${optionsText(lasting(builder))})`
      builder.declare('reduced', `${reduced}.toStream()`, next)
    }
  }
}

/** A table of what its stream had last, its rows in other groups, or beside those of a stream. */
const table: MakeOperator = (builder, stream) => {
  const { choose } = builder
  const numbers = builder.lambda(stream, (expressions) => expressions.number(2))
  const rows = `${stream.name}.map(${numbers}).toTable(${optionsText(lasting(builder))})`
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
      const others = `${other.name}.map(${builder.lambda(other, (e) => e.number(1))}).toTable(${optionsText(lasting(builder))})`
      const method = choose.pick(['join', 'leftJoin', 'outerJoin'])
      const joined = `${rows}.${method}(${others}, (a, b) => (a ?? 1) - (b ?? 2)).toStream()`
      builder.declare('paired', joined, { key: STRING, value: NULLABLE_DOUBLE, subject: undefined })
    }
  }
}

/** Equal records are those of one key, or of equal texts as well. */
const dedupe: MakeOperator = (builder, stream) => {
  const by = builder.choose.oneIn(2) ? [`by: ${builder.lambda(stream, (expressions) => expressions.string(2))}`] : []
  const options = ["within: '1s'", ...by, ...builder.errorOptions()]
  builder.declare('once', `${stream.name}.dedupe(${optionsText(options)})`, stream)
}

/** Operators that need one stream in the partitions of its keys, which it was given just before. */
const regrouped: MakeOperator = (builder, stream) => {
  const { choose } = builder
  const key = builder.lambda(stream, (expressions) => expressions.string(2))
  const next = { key: STRING, value: DOUBLE, subject: undefined }
  const nullable = { ...next, value: NULLABLE_DOUBLE }
  const numbers = builder.lambda(stream, (expressions) => expressions.number(2))
  const { name } = builder.declare('rekeyed', `${stream.name}.map(${numbers}).selectKey(${key})`, next)
  builder.declare('counted', `${name}.groupByKey().count(${optionsText(lasting(builder))}).toStream()`, nullable)
  if (choose.oneIn(2))
    builder.declare('summed', `${name}.groupByKey().reduce((a, b) => a - b / 2).toStream()`, nullable)
  if (choose.oneIn(2)) builder.declare('once', `${name}.dedupe({ within: '1s' })`, next)
  const other = choose.pick(builder.streams)
  const rows = `${other.name}.map(${builder.lambda(other, (e) => e.number(1))}).toTable()`
  if (choose.oneIn(2))
    builder.declare('joined', `${name}.leftJoin(${rows}, (v, n) => v + (n ?? 0)${builder.errorOption()})`, next)
}

function lasting({ choose }: PlanBuilder): readonly string[] {
  return choose.oneIn(2) ? ["ttl: '1s'"] : []
}

function emitting({ choose }: PlanBuilder): readonly string[] {
  return choose.oneIn(2) ? [`emit: ${EVERY}`] : []
}

function optionsText(options: readonly string[]): string {
  return options.length === 0 ? '' : `{ ${options.join(', ')} }`
}

export const STATEFUL: readonly MakeOperator[] = [
  aggregate,
  table,
  windowed,
  windowed,
  late,
  cogroup,
  streamJoin,
  foreignKeyJoin,
  tableOfTopic,
  dedupe,
  regrouped,
]
