/** Every rule: what it does, what it refuses, and that it can be switched off. One project holds all pipelines. */
import { describe, expect, test, vi } from 'vitest'
import { nodeAt } from '../../../compiler/ir/exchange.js'
import { inputsOf } from '../../../compiler/ir/inputs-of.js'
import type { Optimization } from '../../../compiler/ir/optimizations.js'
import type { OptimizedPlan } from '../../../compiler/ir/optimized-plan.js'
import type { ResolvedPlan } from '../../../compiler/ir/resolved-plan.js'
import { lowered } from '../../../compiler/compile.js'
import { assertTopology } from '../../../compiler/plan/assert-topology.js'
import { optimize } from '../../../compiler/optimize/optimize.js'
import { frontEnd, lock, project } from '../frontend/project.js'

/** The first test runs the front end. */
vi.setConfig({ testTimeout: 60_000 })

interface Case {
  readonly body: string
  /** `rule label: message` */
  readonly applied?: readonly string[]
  readonly refused?: readonly string[]
  /** Labels of the operators that are left, each with its inputs. */
  readonly left: readonly string[]
}

const unread = 'nobody reads its records'

const cases: Readonly<Record<string, Case>> = {
  deadMap: {
    body: `const unused = orders.map((o) => ({ id: o.id, cents: o.amount * 100, text: \`\${o.id}!\` }))
           orders.to(out)`,
    applied: [`dead-operators map-unused: ${unread}`],
    left: ['source-orders', 'to-out <- source-orders'],
  },
  deadChain: {
    body: `const rest = orders.filter((o) => !(o.amount > 3)).selectKey((o) => o.id).map((o) => o.id === 'a' ? 1 : 2)
           orders.to(out)`,
    applied: [
      `dead-operators map-rest: ${unread}`,
      `dead-operators select-key-2: ${unread}`,
      `dead-operators filter-1: ${unread}`,
    ],
    left: ['source-orders', 'to-out <- source-orders'],
  },
  mayThrow: {
    body: `const deep = orders.map((o) => o.coupon!.length)
           const called = orders.filter((o) => JSON.parse(o.id) === 1)
           const several = orders.flatMap((o) => [o.id])
           orders.to(out)`,
    refused: [
      `dead-operators map-deep: ${unread}, but its lambda may throw or have an effect`,
      `dead-operators filter-called: ${unread}, but its lambda may throw or have an effect`,
      `dead-operators flat-map-several: ${unread}, but a result of the wrong shape is an error`,
    ],
    left: [
      'source-orders',
      'map-deep <- source-orders',
      'filter-called <- source-orders',
      'flat-map-several <- source-orders',
      'to-out <- source-orders',
    ],
  },
  effects: {
    body: `orders.peek((o) => show(o.id)).print(); orders.forEach((o) => show(o)); orders.to(out)`,
    left: [
      'source-orders',
      'peek-1 <- source-orders',
      'print-2 <- peek-1',
      'for-each-3 <- source-orders',
      'to-out <- source-orders',
    ],
  },
  jsonIsNotChecked: {
    body: `const j = p.stream(topic('j', { key: string(), value: json<Order>() }))
           const size = j.map((o) => o.amount * 2)
           const constant = j.map(() => 1)
           j.to(topic('k', { key: string(), value: json<Order>() }))`,
    applied: [`dead-operators map-constant: ${unread}`],
    refused: [
      `dead-operators source-orders: ${unread}, but being subscribed to a topic is an effect`,
      `dead-operators map-size: ${unread}, but its lambda may throw or have an effect`,
    ],
    left: ['source-orders', 'source-j', 'map-size <- source-j', 'to-k <- source-j'],
  },
  unusedBranches: {
    body: `const { a, b } = orders.split({ a: (o) => o.amount > 1, b: (o) => o.amount > 2, c: otherwise })
           b.to(out); void a`,
    applied: [`dead-operators branch-c: ${unread}`, `dead-operators branch-a: ${unread}`],
    left: ['source-orders', 'split-1 <- source-orders', 'branch-b <- split-1', 'to-out <- branch-b'],
  },
  neverPasses: {
    body: `const on = false
           const big = orders.filter((o) => on && o.amount > 3)
           big.merge(orders).to(out)
           big.map((o) => o.coupon!.length).to(topic('n', { value: json<number>() }))
           big.peek((o) => show(o))`,
    applied: [
      'dead-branches filter-big: lets nothing pass',
      'single-merges merge-2: merges a single stream',
      `dead-operators filter-big: ${unread}`,
    ],
    left: ['source-orders', 'to-out <- source-orders'],
  },
  negated: {
    body: `const threshold = 5
           orders.filterNot(() => threshold < 10).to(out)
           orders.filterNot(() => threshold > 10).to(out)`,
    applied: ['dead-branches filter-1: lets nothing pass', `dead-operators filter-1: ${unread}`],
    left: ['source-orders', 'filter-3 <- source-orders', 'to-out-2 <- filter-3'],
  },
  branchesThatTheBuilderDecided: {
    body: `const level: string = 'low'
           const s = orders.split({ no: () => level === 'high', some: (o) => o.amount > 1, all: () => level !== 'high', late: otherwise })
           s.no.to(out); s.some.to(out); s.all.to(out); s.late.to(out)`,
    applied: ['dead-branches split-s: no record takes the branch no, late'],
    left: [
      'source-orders',
      'split-s <- source-orders',
      'branch-some <- split-s',
      'branch-all <- split-s',
      'to-out-2 <- branch-some',
      'to-out-3 <- branch-all',
    ],
  },
  pinnedTopics: {
    body: `orders.filter(() => false).repartition({ name: 'r' }).to(out)`,
    refused: ['dead-branches filter-1: behind it stands r, which is part of the topology'],
    left: ['source-orders', 'filter-1 <- source-orders', 'r <- filter-1', 'to-out <- r'],
  },
  identity: {
    body: `orders.map((o) => o).filter((o) => o.amount > 1).to(out)`,
    applied: ['identity-maps map-1: gives back what it gets'],
    left: ['source-orders', 'filter-2 <- source-orders', 'to-out <- filter-2'],
  },
  identityRefused: {
    body: `orders.map((o) => o, { name: 'seen' }).to(out)
           orders.map((o): Order | null => o).filter((o): o is Order => o !== null).to(out)
           const same = orders.map((o) => o)
           orders.to(out)
           same.to(out)`,
    refused: [
      'identity-maps seen: the author gave it a name: its metrics would be missed',
      'identity-maps map-3: it gives the value another type',
      'identity-maps map-same: to-out-3 would run before what stands behind it',
    ],
    left: [
      'source-orders',
      'seen <- source-orders',
      'to-out <- seen',
      'map-3 <- source-orders',
      'filter-4 <- map-3',
      'to-out-2 <- filter-4',
      'map-same <- source-orders',
      'to-out-3 <- source-orders',
      'to-out-4 <- map-same',
    ],
  },
  mergeOfItself: {
    body: `orders.merge(orders).to(out)`,
    left: ['source-orders', 'merge-1 <- source-orders, source-orders', 'to-out <- merge-1'],
  },
}

const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
    { name: 'coupon', type: ['null', 'string'], default: null },
  ],
}

const text = [
  `import { json, otherwise, pipeline, string, topic } from 'millrace'`,
  `import type { Order } from './schemas.js'`,
  `void [json, string, otherwise]; export type Used = Order`,
  `function show(value: unknown): void { void value }`,
  ...Object.entries(cases).flatMap(([name, { body }]) => [
    `export const ${name} = pipeline('${name}', (p) => {`,
    `const orders = p.stream(topic('orders')); const out = topic('out')`,
    body,
    `})`,
  ]),
].join('\n')

const schemas = `
export interface Order { readonly id: string; readonly amount: number; readonly coupon: string | null }
declare module 'millrace' { interface Subjects { 'orders-value': Order; 'out-value': Order } }
`

let plans: Promise<ReadonlyMap<string, ResolvedPlan>> | undefined

async function makePlans(): Promise<ReadonlyMap<string, ResolvedPlan>> {
  const made = await frontEnd(project({ 'pipeline.ts': text, 'schemas.ts': schemas }), {
    locked: lock({ 'orders-value': [order], 'out-value': [order] }),
  })
  expect(made.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return new Map(made.plans.map((plan) => [plan.name, plan]))
}

async function planOf(name: string): Promise<ResolvedPlan> {
  plans ??= makePlans()
  const plan = (await plans).get(name)
  if (plan === undefined) throw new Error(`there is no pipeline ${name}`)
  return plan
}

function told(plan: OptimizedPlan, notes: OptimizedPlan['applied']): readonly string[] {
  return notes.map(({ rule, node, message }) => `${rule} ${plan.nodes[node]?.label}: ${message}`)
}

function left(plan: OptimizedPlan): readonly string[] {
  return plan.nodes
    .filter((node) => !plan.dropped.has(node.id))
    .map((node) => {
      const from = inputsOf(node)
        .map((id) => plan.nodes[id]?.label)
        .join(', ')
      return from === '' ? node.label : `${node.label} <- ${from}`
    })
}

describe('rules', () => {
  test.each(Object.keys(cases))('%s', async (name) => {
    const plan = await planOf(name)
    const before = structuredClone(plan.nodes)
    const optimized = optimize(plan)
    const expected = cases[name]
    expect({
      applied: told(optimized, optimized.applied),
      refused: told(optimized, optimized.refused),
      left: left(optimized),
    }).toEqual({ applied: expected?.applied ?? [], refused: expected?.refused ?? [], left: expected?.left })
    expect(plan.nodes).toEqual(before)
  })

  test.each<[Optimization, string]>([
    ['dead-operators', 'deadChain'],
    ['dead-branches', 'neverPasses'],
    ['identity-maps', 'identity'],
    ['single-merges', 'neverPasses'],
  ])('%s can be switched off', async (rule, name) => {
    const plan = await planOf(name)
    const optimized = optimize(plan, new Set([rule]))
    const rules = [...optimized.applied, ...optimized.refused].map((note) => note.rule)
    expect(rules).not.toContain(rule)
    expect(optimize(plan).applied.map((note) => note.rule)).toContain(rule)
  })

  test.each(Object.keys(cases))('%s: later passes take the plan', async (name) => {
    const plan = await planOf(name)
    const levels = lowered(plan)
    assertTopology(levels.topology)
    const alive = new Set(left(levels.optimized).map((line) => line.split(' <- ')[0]))
    for (const { node } of levels.topology.operators.values()) expect(alive).toContain(node.label)
    const written = plan.nodes.filter((node) => node.kind === 'to' && !levels.optimized.dropped.has(node.id))
    expect(levels.topology.sinks.flatMap((sink) => sink.places.map(nodeAt)).sort()).toEqual(
      [...written, ...plan.nodes.filter((node) => node.kind === 'repartition')].map((node) => node.id).sort(),
    )
  })
})
