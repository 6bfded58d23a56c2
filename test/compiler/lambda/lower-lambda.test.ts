/** Each lambda is lowered, printed again and run: it must do what the author's text does. */
import { compileFunction } from 'node:vm'
import { Project, ts } from 'ts-morph'
import { describe, expect, test } from 'vitest'
import type { CapturedValue } from '../../../compiler/ir/captured-value.js'
import type { Lambda } from '../../../compiler/ir/lambda.js'
import type { ValueType } from '../../../compiler/ir/value-type.js'
import type { FunctionNode } from '../../../compiler/frontend/lambda/environment.js'
import { lowerLambda } from '../../../compiler/frontend/lambda/lower-lambda.js'
import { lambdaToJs } from './lambda-to-js.js'

const types = `
interface Item { sku: string; qty: number; price: number }
interface Address { country: string; city: string; zip?: string }
interface Order { id: string; status: 'NEW' | 'PAID' | 'CANCELLED'; amount: number; coupon: string | null;
  address: Address; shipping: Address | null; items: Item[] }
interface Context { key: string; timestamp: number }
`

const orders = [
  {
    id: 'a',
    status: 'NEW',
    amount: 12.5,
    coupon: null,
    address: { country: 'CH', city: 'Bern' },
    shipping: null,
    items: [],
  },
  {
    id: 'b',
    status: 'PAID',
    amount: 250,
    coupon: 'X1',
    address: { country: 'AT', city: 'Wien', zip: '1010' },
    shipping: { country: 'DE', city: 'Ulm', zip: '89073' },
    items: [
      { sku: 's1', qty: 2, price: 10 },
      { sku: 's2', qty: 0, price: 230 },
    ],
  },
]
const context = { key: 'k', timestamp: 1000 }

interface Lowered {
  readonly lambda: Lambda
  readonly original: (...args: unknown[]) => unknown
  readonly compiled: (...args: unknown[]) => unknown
}

/** `module`: text at module level; the lambda is the initializer of `const lambda`. */
function lower(lambdaText: string, module = ''): Lowered {
  const project = new Project({
    useInMemoryFileSystem: true,
    compilerOptions: { strict: true, target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts'] },
  })
  const text = `${types}\n${module}\nconst lambda: (o: Order, ctx: Context) => unknown = ${lambdaText}`
  const file = project.createSourceFile('/pipeline.ts', text).compilerNode
  const checker = project.getTypeChecker().compilerObject
  let node: FunctionNode | undefined
  const visit = (each: ts.Node): void => {
    const isIt = ts.isVariableDeclaration(each) && each.name.getText() === 'lambda' && each.initializer !== undefined
    if (isIt && (ts.isArrowFunction(each.initializer) || ts.isFunctionExpression(each.initializer)))
      node = each.initializer
    ts.forEachChild(each, visit)
  }
  visit(file)
  if (node === undefined) throw new Error('no lambda')
  const lambda = lowerLambda(
    { id: 0, node, captures: new Map<string, CapturedValue>() },
    {
      checker,
      spanOf: (at) => ({ file: 'pipeline.ts', start: at.getStart(), end: at.getEnd(), line: 1, column: 1 }),
      valueTypeOf: (type): ValueType => ({ kind: 'opaque', text: checker.typeToString(type), reason: 'test' }),
      moduleOf: (source) => (source.fileName === '/pipeline.ts' ? '/pipeline.ts' : undefined),
      functionAt: () => undefined,
    },
  )
  const js = ts.transpileModule(`${module}\nlambda = ${lambdaText}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  }).outputText
  const linked = lambda.links.map((link) => `${JSON.stringify(link.local)}: ${link.name}`).join(', ')
  const run = (expression: string) => {
    const text = `let lambda; ${js}; const links = { ${linked} }, captures = {}; return (${expression})`
    const make = compileFunction(text) as () => Lowered['original']
    return make()
  }
  const body = lambda.opaque === undefined ? lambdaToJs(lambda) : 'lambda'
  return { lambda, original: run('lambda'), compiled: run(body) }
}

function outcome(fn: (...args: unknown[]) => unknown, order: unknown): unknown {
  try {
    return { value: fn(structuredClone(order), context) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : error }
  }
}

type Case = readonly [text: string, module?: string]

const withModule = (cases: readonly Case[]) => cases.map(([text, module = '']) => [text, module] as const)

const understood: readonly Case[] = [
  ['o => o.amount > 100 && o.status === "PAID"'],
  ['o => o.shipping?.zip ?? o.address.zip ?? "none"'],
  ['o => o.shipping?.city.length'],
  [['({ id, address: { country: cc, zip = "zz" } }) => `', '{id}-', '{cc}-', '{zip}`'].join('$')],
  ['o => { const { city } = o.address; if (o.amount > 100) return city; return { city, n: o.items.length } }'],
  ['o => { let n = 0; for (const { qty, price } of o.items) n += qty * price; return n }'],
  ['o => { let n = 0; for (let i = 0; i < o.items.length; i++) { n += o.items[i]!.qty } return n }'],
  ['o => { let s = ""; let i = 3; while (i > 0) { i--; if (i === 1) continue; s += i } return s }'],
  ['o => o.items.filter(i => i.qty > 0).map(({ sku }) => sku)'],
  ['o => ({ ...o.address, id: o.id, ["k" + o.id]: 1, o: { a: 1 }.a })'],
  ['o => { switch (o.status) { case "NEW": return 1; case "PAID": case "CANCELLED": return 2 } }'],
  ['o => { let r = 0; switch (o.status) { case "PAID": r = 2; break; default: r = 3 } return r }'],
  ['(o, ctx) => ctx.key + ctx.timestamp'],
  ['o => 2 - (-1) ** 2 + (o.amount, 7) - -o.amount', ''],
  ['o => 2 ** (-1 * o.amount) - (3 - (2 - 1))'],
  [
    'o => add(o.amount, twice(o.items.length))',
    'const twice = (n: number) => n * 2\nfunction add(a: number, b = 5) { return a + b }',
  ],
  ['o => add(o.amount)', 'function add(a: number, b = a * 2) { if (a > 100) { return b } return a }'],
  ['o => { const v = { n: 1, total: 0 }; v.n += 2; v.total = o.amount; v["n"]++; return v }'],
  ['o => [..."ab", ...o.items.map(i => i.qty), o.amount]'],
  ['o => Math.max(...o.items.map(i => i.price), 1) + Number("3") + parseInt("7", 10)'],
  ['o => /^b/.test(o.id) ? new Date(0).toISOString() : typeof o.coupon'],
  ['o => { function inner(x: number) { return x + o.amount } return inner(1) + inner(2) }'],
  ['o => { if (o.amount > 100) throw new Error("big " + o.id); return 1 }'],
  ['o => { var z; if (o.amount > 100) z = "big"; return { z: z ?? "none" } }'],
  ['o => o.items.reduce((a, i) => { a.push(i.sku); return a }, [] as string[])'],
  ['o => Kind.Big + (o.amount > 100 ? Kind.Small : 0)', 'enum Kind { Big = 7, Small = 1 }'],
  ['o => cache.get(o.id) ?? limit', 'const cache = new Map([["a", 1]])\nconst limit = 9'],
  ['o => { let a = 1, b = 2; { const t = a; a = b; b = t } return [a, b] }'],
]

describe('understood', () => {
  test.each(withModule(understood))('%s', (text, module) => {
    const { lambda, original, compiled } = lower(text, module)
    expect(lambda.opaque).toBeUndefined()
    for (const order of orders) expect(outcome(compiled, order)).toEqual(outcome(original, order))
  })
})

const called: readonly (readonly [text: string, reason: RegExp])[] = [
  ['o => { let n = 0; return [n++, n++, o.id] }', /assignment/],
  ['o => { const { id, ...rest } = o; return rest }', /rest/],
  ['o => { const [a] = o.items; return a }', /array pattern/],
  [
    'o => { x: for (const i of o.items) { for (const j of o.items) { if (i === j) continue x } } return 1 }',
    /kind|label/,
  ],
  ['o => { try { return o.shipping!.city } catch { return "none" } }', /TryStatement/],
  ['o => { switch (o.status) { case "PAID": o.amount; case "NEW": return 1 } return 2 }', /fall through/],
  ['function f(o) { return o.items.length > 5 ? f(o) : 1 }', /before it is declared/],
  ['o => { for (const k in o) { return k } }', /ForIn/],
  [
    'o => { const fs: (() => number)[] = []; for (let i = 0; i < 2; i++) fs.push(() => i); return fs.map(f => f()) }',
    /inside a `for`/,
  ],
]

describe('called as it is', () => {
  test.each(called)('%s', (text, reason) => {
    const { lambda, original, compiled } = lower(text)
    expect(lambda.opaque?.reason).toMatch(reason)
    for (const order of orders) expect(outcome(compiled, order)).toEqual(outcome(original, order))
  })
})

const partly: readonly Case[] = [
  ['o => ({ id: o.id, m: { get x() { return 1 } }.x })'],
  [['o => String.raw`a', '{o.id}` + o.amount'].join('$')],
  ['o => o.items.map(function (i) { return arguments.length + i.qty })'],
  ['o => ({ f: o.items.map((i, ...r) => r.length), amount: o.amount })'],
]

describe('understood but for a part', () => {
  test.each(withModule(partly))('%s', (text, module) => {
    const { lambda, original, compiled } = lower(text, module)
    expect(lambda.opaque).toBeUndefined()
    expect(JSON.stringify(lambda.body)).toContain('"opaque","text":[')
    for (const order of orders) expect(outcome(compiled, order)).toEqual(outcome(original, order))
  })
})

test('functions of the module are put in place, larger or recursive ones are linked', () => {
  expect(lower('o => twice(o.amount)', 'const twice = (n: number) => n * 2').lambda.links).toEqual([])
  const recursive = lower('o => down(o.amount)', 'function down(n: number): number { return n > 0 ? down(n - 1) : n }')
  expect(recursive.lambda.links.map((link) => link.name)).toEqual(['down'])
})
