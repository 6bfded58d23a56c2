import { isDeepStrictEqual } from 'node:util'
import { callFunction, callLambda } from '../call-lambda.js'
import { Change, changeOf } from '../change.js'
import type { FlowRecord } from '../record.js'
import { keyText } from '../state/key-bytes.js'
import { KeyedMap } from '../state/keyed-map.js'
import { isVersioned } from '../tables.js'
import type { OperatorInterpreter } from './operator.js'
import { writeInternalAny } from './repartition.js'
import { Subscriptions, type Subscription } from './subscriptions.js'

/** Where records of its internal topics come in, behind its two inputs. */
export const FOREIGN_KEY_PORTS = { registration: 2, response: 3 } as const

interface TimedRow {
  readonly value: unknown
  readonly timestamp: number
}

/** Read where the left row stands. */
interface Response {
  readonly row: unknown
  readonly partner: unknown
}

/**
 * Rows of the left table say which right row they belong to (KIP-213). They subscribe to it by an internal topic, and the
 * right side answers by another one; an answer about a row that has changed meanwhile is dropped.
 */
export const foreignKeyJoin: OperatorInterpreter<'foreign-key-join'> = (node, context) => {
  const { forward, journal, keyOrder, graph, expose } = context
  const rows = new KeyedMap(journal)
  const partners = new KeyedMap<TimedRow>(journal)
  const subscriptions = new Subscriptions(journal, keyOrder)
  const results = new KeyedMap(journal)
  expose(() => results.rows())
  const register = writeInternalAny(context, 'subscription-registration')
  const respond = writeInternalAny(context, 'subscription-response')
  const versioned = [isVersioned(graph, node.left), isVersioned(graph, node.right)] as const

  const receivers = [leftChanged, rightChanged, registered, answered] as const
  return (record, port) => {
    receivers[port]?.(record)
  }

  function leftChanged(record: FlowRecord): void {
    const { now, before, isLatest } = changeOf(record)
    if (versioned[0] && !isLatest) return
    if (now === null) rows.delete(record.key)
    else rows.set(record.key, now)
    const foreignKey = (value: unknown): unknown =>
      value === null ? null : (callLambda(node.id, node.foreignKey, { ...record, value }) ?? null)
    const [old, wanted] = [foreignKey(before), foreignKey(now)]
    const moved = old !== null && (wanted === null || keyText(old) !== keyText(wanted))
    const send = (key: unknown, asks: Subscription['asks']): void => {
      register({ ...record, key, value: { leftKey: record.key, row: now, asks } satisfies Subscription })
    }
    if (node.join === 'left') {
      if (now === null && before === null) return
      if (moved) send(old, 'ends-silently')
      send(wanted, 'whatever-is-there')
    } else if (wanted === null) {
      if (old !== null) send(old, 'ends')
    } else {
      if (moved) send(old, 'ends-silently')
      send(wanted, moved ? 'whatever-is-there' : 'a-row')
    }
  }

  function rightChanged(record: FlowRecord): void {
    const { key, timestamp } = record
    const { now, isLatest, rowTime = timestamp } = changeOf(record)
    if (versioned[1] && !isLatest) return
    if (now === null) partners.delete(key)
    else partners.set(key, { value: now, timestamp: rowTime })
    for (const { leftKey, row } of subscriptions.of(key)) answer(record, leftKey, row, now)
  }

  function registered(record: FlowRecord): void {
    const { key, timestamp } = record
    const subscription = record.value as Subscription
    if (key !== null) subscriptions.put(key, subscription)
    const { leftKey, row, asks } = subscription
    const partner = key === null ? undefined : partners.get(key)
    if (asks === 'ends-silently' || (asks === 'a-row' && partner === undefined)) return
    const latest = Math.max(timestamp, partner?.timestamp ?? timestamp)
    answer({ ...record, timestamp: latest }, leftKey, row, asks === 'ends' ? null : (partner?.value ?? null))
  }

  function answer(record: FlowRecord, key: unknown, row: unknown, partner: unknown): void {
    respond({ ...record, key, value: { row, partner } satisfies Response })
  }

  function answered(record: FlowRecord): void {
    const { key } = record
    const { row, partner } = record.value as Response
    const current = rows.get(key) ?? null
    if (!isDeepStrictEqual(row, current)) return
    const joins = current !== null && (partner !== null || node.join === 'left')
    const now = joins ? (callFunction(node.id, node.joiner, current, partner ?? undefined) ?? null) : null
    const before = results.get(key) ?? null
    if (now === null) results.delete(key)
    else results.set(key, now)
    forward({ ...record, value: new Change(now, before) })
  }
}
