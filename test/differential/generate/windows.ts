/** Random windows of every kind, what is computed in them, and what comes too late for them. */
import type { Chooser } from '../../avro/arbitrary-schema.js'
import { groups } from './groups.js'
import type { MakeOperator } from './operator.js'
import { DOUBLE, NULLABLE_DOUBLE, STRING } from './value-kind.js'

interface DrawnWindow {
  readonly text: string
  readonly isSession: boolean
  readonly isFinal: boolean
}

/** Behind several records, since the wall clock goes on behind each. */
export const EVERY = "{ every: '1s' }"

export function drawWindow(choose: Chooser): DrawnWindow {
  const emit = choose.pick(['', '', ", emit: 'final'", `, emit: ${EVERY}`])
  const isFinal = emit.includes('final')
  const ends = `grace: '${choose.pick(['0s', '1s'])}'${emit} }`
  const kind = choose.below(4)
  const heads = [
    "tumbling('2s', { ",
    "hopping('4s', { advance: '2s', ",
    "sliding('3s', { ",
    "session('2s', { ",
  ] as const
  return { text: `${heads[kind] ?? heads[0]}${ends})`, isSession: kind === 3, isFinal }
}

const byWindow = "(v, { key }) => [key.key, key.start, key.end].join('@')"

/** An aggregate in windows, perhaps held back until they close. */
export const windowed: MakeOperator = (builder, stream) => {
  const { choose } = builder
  const window = drawWindow(choose)
  const input = `${stream.name}.${groups(builder, stream)}.windowedBy(${window.text})`
  const sum = `(acc, v, ctx) => acc * 0.5 + ${builder.expression(stream, DOUBLE, 'v')}`
  const merge = window.isSession ? ', { merge: (a, b) => a - b / 2 }' : ''
  const aggregate = choose.pick([
    'count()',
    `aggregate(() => 1, ${sum}${merge})`,
    `aggregate({ n: count(), few: collect(() => 1, { limit: 2 }) }).map(({ n, few }) => n + few.length)`,
  ])
  const held = !window.isFinal && choose.oneIn(3)
  const suppressed = held ? choose.pick([".suppress({ until: 'windowCloses' })", ".suppress({ until: '2s' })"]) : ''
  const deletes = window.isSession && !window.isFinal
  builder.declare('windowed', `${input}.${aggregate}${suppressed}.toStream().selectKey(${byWindow})`, {
    key: STRING,
    value: deletes ? NULLABLE_DOUBLE : DOUBLE,
    subject: undefined,
  })
}

export const late: MakeOperator = (builder, stream) => {
  const window = drawWindow(builder.choose)
  const input = `${stream.name}.${groups(builder, stream)}.windowedBy(${window.text})`
  builder.declare('late', `${input}.late`, { ...stream, key: STRING })
}

/** Two streams that add to one number. */
export const cogroup: MakeOperator = (builder, stream) => {
  const { choose } = builder
  const other = choose.pick(builder.streams)
  const add = `(acc, v, ctx) => acc * 0.5 + ${builder.expression(stream, DOUBLE, 'v')}`
  const subtract = `(acc, v, ctx) => acc - ${builder.expression(other, DOUBLE, 'v')}`
  const begun = `${stream.name}.${groups(builder, stream)}.cogroup((): number => 1, ${add})`
  const both = `${begun}.add(${other.name}.${groups(builder, other)}, ${subtract})`
  const next = { key: STRING, value: NULLABLE_DOUBLE, subject: undefined }
  if (choose.oneIn(2)) {
    builder.declare('cogrouped', `${both}.aggregate().toStream()`, next)
    return
  }
  const window = drawWindow(choose)
  const merge = window.isSession ? '{ merge: (a, b) => a - b / 2 }' : ''
  const rows = `${both}.windowedBy(${window.text}).aggregate(${merge})`
  builder.declare('cogrouped', `${rows}.toStream().selectKey(${byWindow})`, next)
}
