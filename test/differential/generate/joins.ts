/** Random joins beyond those of streams with tables of the same key. */
import { keyed } from './groups.js'
import type { MakeOperator } from './operator.js'
import type { GeneratedStream } from './plan.js'
import { DOUBLE, NULLABLE_DOUBLE, STRING } from './value-kind.js'

/** Records of two streams that are near in time; the sides may be one stream. */
export const streamJoin: MakeOperator = (builder, stream) => {
  const { choose } = builder
  const other = choose.pick(builder.streams)
  const method = choose.pick(['join', 'leftJoin', 'outerJoin'])
  const side = (of: GeneratedStream, name: string) =>
    `(${name} === undefined ? 1 : ${builder.expression(of, DOUBLE, name)})`
  const joiner = `(l, r, ctx) => ${side(stream, 'l')} - ${side(other, 'r')}`
  const within = choose.pick(["'0s'", "'2s'", "{ before: '1s', after: '0s' }", "{ before: '-1s', after: '2s' }"])
  const options = `{ within: ${within}, grace: '${choose.pick(['0s', '1s'])}' }`
  const next = { key: STRING, value: DOUBLE, subject: undefined }
  builder.declare('near', `${keyed(stream)}.${method}(${keyed(other)}, ${joiner}, ${options})`, next)
}

/** Rows that refer to rows of another table. */
export const foreignKeyJoin: MakeOperator = (builder, stream) => {
  const { choose } = builder
  const other = choose.pick(builder.streams)
  const rows = (of: GeneratedStream) => `${keyed(of)}.map(${builder.lambda(keyedAs(of), (e) => e.number(1))}).toTable()`
  const method = choose.pick(['joinOn', 'leftJoinOn'])
  const foreign = "(n) => ['k', '', 'key-1', 'zürich'][Math.abs(Math.trunc(n)) % 4]"
  const joined = `${rows(stream)}.${method}(${rows(other)}, ${foreign}, (l, r) => l - (r ?? 2)).toStream()`
  builder.declare('referred', joined, { key: STRING, value: NULLABLE_DOUBLE, subject: undefined })
}

/** A table of a topic of its own, with its history or whole in each task, and a stream that looks rows up. */
export const tableOfTopic: MakeOperator = (builder, stream) => {
  const { choose } = builder
  const topic = builder.topic(builder.fresh('rows'))
  builder.sources.push({
    topic,
    keyNullable: false,
    valueNullable: true,
    value: { kind: 'double', type: DOUBLE },
  })
  const rows = builder.fresh('table')
  const declared = `topic('${topic}', { key: string(), value: nullable(double()) })`
  const method = choose.pick(['join', 'leftJoin'])
  const joiner = `(v, n, ctx) => (n ?? 0) + ${builder.expression(stream, DOUBLE, 'v')}`
  if (choose.oneIn(3)) {
    builder.lines.push(`const ${rows} = p.globalTable(${declared})`)
    const key = builder.lambda(stream, (expressions) => expressions.string(1))
    builder.declare('found', `${stream.name}.${method}(${rows}, ${key}, ${joiner})`, {
      key: stream.key,
      value: DOUBLE,
      subject: undefined,
    })
    return
  }
  const isVersioned = choose.oneIn(2)
  const history = isVersioned ? `, { versioned: { history: '4s' } }` : ''
  builder.lines.push(`const ${rows} = p.table(${declared}${history})`)
  const grace = isVersioned && choose.oneIn(2) ? `, { grace: '1s' }` : ''
  builder.declare('asOf', `${keyed(stream)}.${method}(${rows}, ${joiner}${grace})`, {
    key: STRING,
    value: DOUBLE,
    subject: undefined,
  })
}

function keyedAs(stream: GeneratedStream): Pick<GeneratedStream, 'key' | 'value'> {
  return { key: STRING, value: stream.value }
}
