import type { WindowSpec } from '../../../dsl/model/window-spec.js'
import { IdlePartitions } from '../aggregation/idle-partitions.js'
import { startsOf } from '../aggregation/time-windows.js'
import type { FlowRecord } from '../record.js'
import type { Journal } from '../state/journal.js'
import { KeyedMap } from '../state/keyed-map.js'
import { StreamTime } from '../state/stream-time.js'
import type { OperatorInterpreter } from './operator.js'

interface Session {
  readonly start: number
  readonly end: number
}

/**
 * The records that no window accepts, by the same rules and on the same stream time as the aggregates of these windows.
 * Sessions are those of the accepted records, whether or not an aggregate has deleted its own.
 */
export const late: OperatorInterpreter<'late'> = (node, { graph, journal, task, forward }) => {
  const windows = graph.nodes[node.input]
  if (windows?.kind !== 'window') throw new Error('records are late for windows only')
  const { window } = windows
  if (window.closeAfter !== undefined && window.kind !== 'time') {
    throw new Error(`late records of ${window.kind} windows that close without input are not yet`)
  }
  const time = new StreamTime(journal)
  const idle = new IdlePartitions(window.closeAfter, task, ({ origin: { partition } }) => {
    const [last = 0] = window.kind === 'time' ? startsOf(window, time.at(partition)).slice(-1) : []
    if (window.kind === 'time') time.advance(partition, last + window.size + window.grace)
  })
  const isAccepted = acceptance(window, journal)
  return (record) => {
    const { key, value, timestamp, origin } = record
    if (key === null || key === undefined) return
    if (window.kind === 'sliding' && (value === null || value === undefined)) return
    idle.seen(record)
    if (!isAccepted(record, time.advance(origin.partition, timestamp))) forward(record)
  }
}

function acceptance(window: WindowSpec, journal: Journal): (record: FlowRecord, now: number) => boolean {
  const { grace } = window
  switch (window.kind) {
    case 'time':
      return ({ timestamp }, now) => startsOf(window, timestamp).some((start) => start + window.size > now - grace)
    case 'sliding':
      return ({ timestamp }, now) => timestamp + window.difference >= now - grace
    case 'session': {
      const { gap } = window
      const sessions = new KeyedMap<readonly Session[]>(journal)
      return ({ key, timestamp }, now) => {
        // What was closed for another gap is forgotten, as aggregates forget it.
        const all = (sessions.get(key) ?? []).filter(({ end }) => end >= now - grace - 2 * gap)
        const met = all.filter(({ start, end }) => end >= timestamp - gap && start <= timestamp + gap)
        const start = Math.min(timestamp, ...met.map((session) => session.start))
        const end = Math.max(timestamp, ...met.map((session) => session.end))
        if (end < now - grace - gap) return false
        sessions.set(key, [...all.filter((session) => !met.includes(session)), { start, end }])
        return true
      }
    }
  }
}
