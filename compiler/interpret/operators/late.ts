import { allowedLag, type WindowSpec } from '../../../dsl/model/window-spec.js'
import { aggregatorOf } from '../aggregation/aggregator.js'
import { IdlePartitions } from '../aggregation/idle-partitions.js'
import { slidingWindows } from '../aggregation/sliding-windows.js'
import { startsOf } from '../aggregation/time-windows.js'
import type { FlowRecord } from '../record.js'
import type { Journal } from '../state/journal.js'
import { KeyedMap } from '../state/keyed-map.js'
import { StreamTime } from '../state/stream-time.js'
import type { OperatorInterpreter } from './operator.js'

/**
 * The records that no window accepts, by the same rules and on the same stream time as the aggregates of these windows.
 * Sessions are those of the accepted records, whether or not an aggregate has deleted its own.
 */
export const late: OperatorInterpreter<'late'> = (node, context) => {
  const { graph, journal, task, forward } = context
  const windows = graph.nodes[node.input]
  if (windows?.kind !== 'window') throw new Error('records are late for windows only')
  const { window } = windows
  if (window.kind === 'sliding' && window.closeAfter !== undefined) {
    // Which of them is over last follows from all of them, and so from an aggregate of nothing.
    const unseen = { ...context, forward: nobody, expose: nobody }
    return slidingWindows(
      { ...window, emit: 'updates' },
      aggregatorOf(node.id, { kind: 'count' }, undefined),
      unseen,
      0,
      forward,
    )
  }
  const time = new StreamTime(journal)
  const { accepts, endOfOpen } = acceptance(window, journal)
  const idle = new IdlePartitions(node.id, window.closeAfter, task, ({ origin: { partition } }) => {
    time.advance(partition, endOfOpen(partition, time.at(partition)))
  })
  return (record) => {
    const { key, value, timestamp, origin } = record
    if (key === null || key === undefined) return
    if (window.kind === 'sliding' && (value === null || value === undefined)) return
    idle.seen(record)
    if (!accepts(record, time.advance(origin.partition, timestamp))) forward(record)
  }
}

function nobody(): void {
  // Nobody looks at it.
}

interface Acceptance {
  readonly accepts: (record: FlowRecord, now: number) => boolean
  /** First stream time at which all windows of the partition are closed that are open at a time. */
  readonly endOfOpen: (partition: number, now: number) => number
}

function acceptance(window: WindowSpec, journal: Journal): Acceptance {
  switch (window.kind) {
    case 'time':
      return timeAcceptance(window, journal)
    case 'sliding':
      return {
        accepts: ({ timestamp }, now) => timestamp + window.difference >= now - window.grace,
        endOfOpen: (_, now) => now,
      }
    case 'session':
      return sessionAcceptance(window, journal)
  }
}

function timeAcceptance(window: Extract<WindowSpec, { kind: 'time' }>, journal: Journal): Acceptance {
  const { size, grace } = window
  /** Start of the last window, by partition. */
  const last = new KeyedMap<number>(journal)
  return {
    accepts: ({ timestamp, origin: { partition } }, now) => {
      const starts = startsOf(window, timestamp)
      if (!starts.some((start) => start + size > now - grace)) return false
      last.set(partition, Math.max(...starts, last.get(partition) ?? 0))
      return true
    },
    endOfOpen: (partition, now) => {
      const start = last.get(partition)
      return start === undefined ? now : start + size + grace
    },
  }
}

interface Session {
  readonly start: number
  readonly end: number
  readonly partition: number
}

function sessionAcceptance(window: Extract<WindowSpec, { kind: 'session' }>, journal: Journal): Acceptance {
  const { gap, grace } = window
  const sessions = new KeyedMap<readonly Session[]>(journal)
  return {
    accepts: ({ key, timestamp, origin: { partition } }, now) => {
      // What was closed for long is forgotten, as aggregates forget it.
      const forgotten = now - allowedLag(window, 1) - grace - 2 * gap
      const all = (sessions.get(key) ?? []).filter(({ end }) => end >= forgotten)
      const met = all.filter(({ start, end }) => end >= timestamp - gap && start <= timestamp + gap)
      const start = Math.min(timestamp, ...met.map((session) => session.start))
      const end = Math.max(timestamp, ...met.map((session) => session.end))
      if (end < now - grace - gap) return false
      sessions.set(key, [...all.filter((session) => !met.includes(session)), { start, end, partition }])
      return true
    },
    endOfOpen: (partition, now) => {
      const own = sessions.rows().flatMap(({ value }) => value.filter((session) => session.partition === partition))
      return Math.max(now, ...own.map(({ end }) => end + gap + grace + 1))
    },
  }
}
