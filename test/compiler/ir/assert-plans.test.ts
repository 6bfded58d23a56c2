import { describe, expect, it } from 'vitest'
import { assertLogicalPlan, assertResolvedPlan } from '../../../compiler/ir/assert-plans.js'
import type { PlaceId } from '../../../compiler/ir/exchange.js'
import type { ResolvedTopic } from '../../../compiler/ir/resolved-plan.js'
import type { LogicalNode, LogicalPlan } from '../../../compiler/ir/logical-plan.js'

const base = { name: undefined, span: undefined, onError: { kind: 'fail' } } as const
const topic = { name: 't', key: undefined, value: undefined, timestamp: undefined, span: undefined }
const source: LogicalNode = { ...base, id: 0, label: 'source', kind: 'source', topic }
const print: LogicalNode = { ...base, id: 1, label: 'print', kind: 'print', input: 0, printLabel: undefined }

function plan(...nodes: readonly LogicalNode[]): LogicalPlan {
  return { name: 'p', applicationId: 'p', onError: base.onError, nodes, lambdas: [], file: 'p.ts', exportName: 'p' }
}

describe('assertLogicalPlan', () => {
  it('accepts a plan', () => {
    expect(() => assertLogicalPlan(plan(source, print))).not.toThrow()
  })

  it.each<[string, readonly LogicalNode[]]>([
    ['its id is 2', [source, { ...print, id: 2 }]],
    ['its label is empty or taken', [source, { ...print, label: 'source' }]],
    ['its input 1 does not come before it', [source, { ...print, input: 1 }]],
    [
      "its input is no split with a branch 'a'",
      [source, { ...base, id: 1, label: 'b', kind: 'branch', input: 0, branch: 'a' }],
    ],
  ])('%s', (message, nodes) => {
    expect(() => assertLogicalPlan(plan(...nodes))).toThrow(message)
  })
})

describe('assertResolvedPlan', () => {
  it('wants types, serdes and bodies', () => {
    const edge = { key: { kind: 'null' }, value: { kind: 'null' } } as const
    const serde = { kind: 'string', nullable: false } as const
    const map: LogicalNode = { ...base, id: 1, label: 'map', kind: 'map', input: 0, mapper: 0 }
    const resolved = { ...plan(source, map), bodies: new Map(), recordTypes: new Map(), states: new Map() }
    const topics = new Map<PlaceId, ResolvedTopic>([['0', { key: serde, value: serde }]])
    const edges = new Map([
      [0, edge],
      [1, edge],
    ])
    expect(() => assertResolvedPlan({ ...resolved, edges: new Map(), topics })).toThrow('its edge has no type')
    expect(() => assertResolvedPlan({ ...resolved, edges, topics: new Map() })).toThrow('its topic 0 has no serdes')
    expect(() => assertResolvedPlan({ ...resolved, edges, topics })).toThrow('its mapper has no body')
  })
})
